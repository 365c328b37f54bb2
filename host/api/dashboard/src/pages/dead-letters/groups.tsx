import { queryText } from "../../api/client";
import type { LetterGroup } from "../../api/letters";
import { useList } from "../../api/list";
import { FilterBar, SearchFilter, useFilters } from "../../parts/filters";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";
import { TenantFilter, useTenants } from "../../parts/tenants";
import { When } from "../../parts/time";
import { count } from "../../text/numbers";
import { IntegrationFilter } from "../integrations/filter";
import { LetterActions } from "./actions";

/** Dead letters, grouped by what went wrong. */
export function GroupsPage() {
  const filters = useFilters();
  const query = filters.query("tenant", "integration", "stream");
  const groups = useList<LetterGroup>("/dead-letters/groups", query, ["dead_letters"]);
  const some = groups.items !== null && groups.items.length > 0;
  const tenants = useTenants();
  const tenant = query.tenant || (tenants.length === 1 ? tenants[0] : undefined);
  const all = {
    tenant,
    integration: Number(query.integration) || undefined,
    stream: query.stream || undefined,
  };
  const offered = some && (all.tenant || all.integration || all.stream);
  return (
    <Page
      title="Dead letters"
      actions={
        offered && (
          <LetterActions of={all} what="all of these" tenant={tenant ?? null} done={groups.refresh} />
        )
      }
    >
      <p class="lead">Records that could not be mapped or loaded, by what went wrong.</p>
      <FilterBar>
        <SearchFilter filters={filters} name="stream" label="Stream" />
        <IntegrationFilter filters={filters} />
        <TenantFilter filters={filters} />
      </FilterBar>
      <ListTable
        of={groups}
        label="Groups of dead letters"
        columns={columns(queryText(query))}
        id={(group) => group.fingerprint}
        empty={
          <>
            <h2>No dead letters</h2>
            <p>Every record that was read has been mapped and loaded.</p>
          </>
        }
      />
    </Page>
  );
}

function columns(query: string): Column<LetterGroup>[] {
  return [
    {
      head: "What went wrong",
      main: true,
      cell: (group) => (
        <a href={`/dead-letters/groups/${encodeURIComponent(group.fingerprint)}${query}`}>
          <bdi class="message">{group.error}</bdi>
        </a>
      ),
    },
    { head: "Letters", number: true, cell: (group) => count(group.count) },
    { head: "Stream", cell: (group) => <bdi>{group.stream}</bdi> },
    { head: "Plugin", cell: (group) => <bdi>{group.plugin}</bdi> },
    { head: "Newest", cell: (group) => <When at={group.newest} /> },
  ];
}
