import { useList } from "../../api/list";
import type { Quota } from "../../api/work";
import { ListFrame } from "../../parts/list";
import { Page } from "../../parts/page";
import { QuotaTable } from "./table";

export function QuotasPage() {
  const quotas = useList<Quota>("/quotas", {}, ["quotas"]);
  return (
    <Page title="Quotas">
      <p class="lead">What the services allow, by account: what is left, and when it begins anew.</p>
      <ListFrame
        of={quotas}
        empty={
          <>
            <h2>No service has named a limit yet</h2>
            <p>What is known of limits comes with the answers of services.</p>
          </>
        }
      >
        {(rows) => <QuotaTable quotas={rows} />}
      </ListFrame>
    </Page>
  );
}
