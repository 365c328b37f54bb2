import type { Page } from "../../api/pages";
import { useResource } from "../../api/resource";
import type { Integration } from "../../api/sources";
import type { Quota, Run } from "../../api/work";
import { Section } from "../../parts/page";
import { QuotaTable } from "../quotas/table";

/** What is left of the budget that the requests of a run's integration are counted against. */
export function QuotaOf({ run }: { run: Run }) {
  const integration = useResource<Integration>(`/integrations/${run.integration_id}`, {}, [
    "integrations",
    "quotas",
  ]);
  const account = integration.data?.account;
  const path = account ? "/quotas" : null;
  const quotas = useResource<Page<Quota>>(path, { tenant: run.tenant, account }, ["quotas"]);
  const found = quotas.data?.items ?? [];
  if (found.length === 0) return null;
  return (
    <Section title="Quota of its account">
      <QuotaTable quotas={found} />
    </Section>
  );
}
