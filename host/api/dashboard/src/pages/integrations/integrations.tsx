import { Plus } from "lucide";
import { useList } from "../../api/list";
import { mayAnywhere } from "../../api/session";
import type { Integration } from "../../api/sources";
import { State, Tag } from "../../parts/badge";
import { FilterBar, SearchFilter, useFilters } from "../../parts/filters";
import { Icon } from "../../parts/icon";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";
import { TenantFilter } from "../../parts/tenants";
import { When } from "../../parts/time";
import { SourceFilter } from "./sources";

const COLUMNS: Column<Integration>[] = [
  {
    head: "Integration",
    main: true,
    cell: (one) => (
      <a href={`/integrations/${one.id}`}>
        <bdi>{one.name}</bdi>
      </a>
    ),
  },
  { head: "State", cell: (one) => <State of={one.paused ? "paused" : "active"} /> },
  { head: "Source", cell: (one) => one.source },
  { head: "Tenant", cell: (one) => <bdi>{one.tenant}</bdi> },
  { head: "Reads", cell: (one) => <bdi class="message">{one.scope.join(", ")}</bdi> },
  { head: "Address", cell: (one) => <bdi class="break">{one.base_url}</bdi> },
  { head: "Credential", cell: (one) => (one.has_credential ? <Tag tone="good">kept</Tag> : <Tag>none</Tag>) },
  { head: "Added", cell: (one) => <When at={one.created_at} /> },
];

export function IntegrationsPage() {
  const filters = useFilters();
  const query = filters.query("tenant", "source", "q");
  const integrations = useList<Integration>("/integrations", query, ["integrations"]);
  const add = mayAnywhere("admin") && (
    <a class="button primary" href="/integrations/new">
      <Icon of={Plus} />
      Add an integration
    </a>
  );
  return (
    <Page title="Integrations" actions={add}>
      <FilterBar>
        <SearchFilter filters={filters} label="Name" />
        <SourceFilter filters={filters} />
        <TenantFilter filters={filters} />
      </FilterBar>
      <ListTable
        of={integrations}
        label="Integrations"
        columns={COLUMNS}
        id={(one) => one.id}
        empty={
          <>
            <h2>No integration is like that</h2>
            <p>An integration says which service is read for which tenant, and what of it.</p>
          </>
        }
      />
    </Page>
  );
}
