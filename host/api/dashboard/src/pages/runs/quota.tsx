import type { Page } from "../../api/pages";
import { useResource } from "../../api/resource";
import type { Integration } from "../../api/sources";
import type { Quota, Run } from "../../api/work";
import { Section } from "../../parts/page";
import { hostOf, QuotaTable } from "../quotas/table";

/** What is left of the budgets of the service that a run asks. */
export function QuotaOf({ run }: { run: Run }) {
  const integration = useResource<Integration>(`/integrations/${run.integration_id}`);
  const quotas = useResource<Page<Quota>>("/quotas", { limit: 200 }, ["quotas"]);
  const host = integration.data && hostOf(integration.data.base_url);
  const found = quotas.data?.items.filter((quota) => quota.host === host) ?? [];
  if (found.length === 0) return null;
  return (
    <Section title="Quota used">
      <QuotaTable quotas={found} />
    </Section>
  );
}
