import type { AuditEntry } from "../../api/access";
import { useList } from "../../api/list";
import { hasAnywhere } from "../../api/session";
import { FilterBar, SearchFilter, useFilters } from "../../parts/filters";
import { ListTable } from "../../parts/list";
import { Missing } from "../../parts/loaded";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";
import { TenantFilter } from "../../parts/tenants";
import { Moment } from "../../parts/time";
import { valueText } from "../../text/words";

const COLUMNS: Column<AuditEntry>[] = [
  { head: "When", cell: (entry) => <Moment at={entry.at} /> },
  { head: "Who", cell: (entry) => <Who of={entry} /> },
  { head: "What", main: true, cell: (entry) => <bdi>{entry.action}</bdi> },
  { head: "Of what", cell: (entry) => <bdi class="word">{entry.subject}</bdi> },
  {
    head: "Tenant",
    cell: (entry) => (entry.tenant ? <bdi>{entry.tenant}</bdi> : <span class="dim">–</span>),
  },
  { head: "Besides", cell: (entry) => <Detail of={entry.detail} /> },
];

/** The user, and the token that a program used in their name. */
function Who({ of }: { of: AuditEntry }) {
  return (
    <>
      <bdi>{of.actor}</bdi>
      {of.token && (
        <span class="dim">
          {" by token "}
          <bdi>{of.token.name}</bdi>
        </span>
      )}
    </>
  );
}

function Detail({ of }: { of: unknown }) {
  const text = valueText(of);
  return text === "" || text === "{}" ? <span class="dim">–</span> : <code class="break">{text}</code>;
}

export function AuditPage() {
  return <Page title="Audit">{hasAnywhere("admin") ? <Entries /> : <Missing />}</Page>;
}

function Entries() {
  const filters = useFilters();
  const query = {
    actor: filters.get("actor"),
    token: filters.get("token"),
    action: filters.get("action"),
    tenant: filters.get("tenant"),
  };
  const entries = useList<AuditEntry>("/audit", query, ["audit"]);
  return (
    <>
      <p class="lead">Who did what. Nothing of it is ever changed or removed.</p>
      <FilterBar>
        <SearchFilter filters={filters} name="actor" label="Who" whole />
        <SearchFilter filters={filters} name="token" label="Token" whole />
        <SearchFilter filters={filters} name="action" label="What" whole />
        <TenantFilter filters={filters} />
      </FilterBar>
      <ListTable
        of={entries}
        label="Audit"
        columns={COLUMNS}
        id={(entry) => entry.id}
        empty={<h2>Nobody did anything like that</h2>}
      />
    </>
  );
}
