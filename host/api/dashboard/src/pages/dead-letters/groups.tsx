import type { LetterGroup } from "../../api/letters";
import { useList } from "../../api/list";
import { FilterBar, SearchFilter, useFilters } from "../../parts/filters";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";
import { TenantFilter } from "../../parts/tenants";
import { When } from "../../parts/time";
import { count } from "../../text/numbers";
import { IntegrationFilter } from "../integrations/filter";
import { LetterActions, type Letters } from "./actions";
import { groupPath } from "./group-path";

/** Dead letters, grouped by what went wrong. */
export function GroupsPage() {
  const filters = useFilters();
  const query = filters.query("tenant", "integration", "stream");
  const groups = useList<LetterGroup>("/dead-letters/groups", query, ["dead_letters"]);
  const isFiltered = Object.values(query).some((value) => value !== "");
  const some = groups.items !== null && groups.items.length > 0;
  const all: Letters = {
    tenant: query.tenant || undefined,
    integration: Number(query.integration) || undefined,
    stream: query.stream || undefined,
    all: true,
  };
  return (
    <Page
      title="Dead letters"
      actions={
        some && (
          <LetterActions of={all} what="all of these" tenant={query.tenant || null} done={groups.refresh} />
        )
      }
    >
      <p class="lead">Records that could not be mapped or loaded, by what went wrong.</p>
      <FilterBar>
        <SearchFilter filters={filters} name="stream" label="Stream" whole />
        <IntegrationFilter filters={filters} />
        <TenantFilter filters={filters} />
      </FilterBar>
      <ListTable
        of={groups}
        label="Groups of dead letters"
        columns={columns(query.integration)}
        id={(group) => groupPath(group)}
        empty={isFiltered ? <h2>No dead letter is like that</h2> : <Nothing />}
      />
    </Page>
  );
}

function Nothing() {
  return (
    <>
      <h2>No dead letters</h2>
      <p>Every record that was read has been mapped and loaded.</p>
    </>
  );
}

function columns(integration: string): Column<LetterGroup>[] {
  return [
    {
      head: "What went wrong",
      main: true,
      cell: (group) => (
        <a href={groupPath(group, integration)}>
          <bdi class="message">{group.error}</bdi>
        </a>
      ),
    },
    { head: "Letters", number: true, cell: (group) => count(group.count) },
    { head: "Stream", cell: (group) => <bdi>{group.stream}</bdi> },
    { head: "Tenant", cell: (group) => <bdi>{group.tenant}</bdi> },
    { head: "Plugin", cell: (group) => <bdi>{group.plugin}</bdi> },
    { head: "Newest", cell: (group) => <When at={group.newest} /> },
  ];
}
