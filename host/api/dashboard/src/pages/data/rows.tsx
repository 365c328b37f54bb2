import { useEffect } from "preact/hooks";
import type { Column, Row, Table } from "../../api/data";
import { useList } from "../../api/list";
import { useResource } from "../../api/resource";
import { Choice } from "../../parts/choice";
import { type Choices, isChoice } from "../../parts/choices";
import { FilterBar, type Filters, SearchFilter, useFilters } from "../../parts/filters";
import { ListFrame } from "../../parts/list";
import { Loaded } from "../../parts/loaded";
import { Page } from "../../parts/page";
import { useTenants } from "../../parts/tenants";
import { ColumnChooser, shownColumns } from "./columns";
import { Conditions } from "./conditions";
import { Grid } from "./grid";

export function RowsPage({ params }: { params: { table: string } }) {
  const table = useResource<Table>(`/tables/${encodeURIComponent(params.table)}`);
  const columns = table.data?.columns.length;
  return (
    <Page title={params.table} up={{ href: "/data", label: "Data" }}>
      {table.data && (
        <p class="lead">
          {table.data.doc} {columns} columns, made of <code>{table.data.entity}</code> of {table.data.source}.
        </p>
      )}
      <Loaded of={table}>{(table) => <Rows table={table} />}</Loaded>
    </Page>
  );
}

function Rows({ table }: { table: Table }) {
  const filters = useFilters();
  const tenants = useTenants();
  const tenant = filters.get("tenant") || (tenants.first[0]?.value ?? "");
  const sort = filters.get("sort");
  const query = { tenant, q: filters.get("q"), where: filters.all("where"), sort };
  const path = tenant === "" ? null : `/tables/${encodeURIComponent(table.name)}/rows`;
  const rows = useList<Row>(path, query);
  const shown = shownColumns(table.columns, filters.get("columns"));
  return (
    <>
      <FilterBar>
        <SearchFilter filters={filters} label="Search texts" />
        {isChoice(tenants) && <TenantSelect filters={filters} tenants={tenants} tenant={tenant} />}
        <ColumnChooser columns={table.columns} filters={filters} />
      </FilterBar>
      <Conditions columns={table.columns} filters={filters} />
      <ListFrame of={rows} empty={<h2>No row is like that</h2>}>
        {(items) => (
          <Grid
            table={table.name}
            tenant={tenant}
            columns={shown}
            rows={items}
            sort={sort}
            onSort={(column) => filters.set({ sort: nextSort(sort, column) })}
          />
        )}
      </ListFrame>
    </>
  );
}

interface TenantProps {
  filters: Filters;
  tenants: Choices;
  tenant: string;
}

function TenantSelect({ filters, tenants, tenant }: TenantProps) {
  useEffect(() => {
    // A link to what is seen has to say whose it is.
    if (filters.get("tenant") === "") filters.set({ tenant });
  }, [tenant]);
  return (
    <label>
      <span>Tenant</span>
      <Choice choices={tenants} value={tenant} onChange={(tenant) => filters.set({ tenant })} />
    </label>
  );
}

/** Ascending, then descending, then as it comes. */
export function nextSort(sort: string, column: Column["name"]): string | null {
  if (sort === column) return `-${column}`;
  return sort === `-${column}` ? null : column;
}
