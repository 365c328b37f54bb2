import { useList } from "../../api/list";
import { RUN_STATES, type Run } from "../../api/work";
import { FilterBar, SearchFilter, SelectFilter, useFilters } from "../../parts/filters";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import { TenantFilter } from "../../parts/tenants";
import { IntegrationFilter } from "../integrations/filter";
import { RUN_COLUMNS } from "./columns";

export function RunsPage() {
  const filters = useFilters();
  const query = filters.query("tenant", "integration", "job", "state", "active");
  const runs = useList<Run>("/runs", query, ["runs"]);
  return (
    <Page title="Runs">
      <FilterBar>
        <SearchFilter filters={filters} name="job" label="Name of a job" whole />
        <SelectFilter filters={filters} name="state" label="State" options={RUN_STATES} />
        <IntegrationFilter filters={filters} />
        <TenantFilter filters={filters} />
        <label class="check">
          <input
            type="checkbox"
            checked={filters.get("active") === "true"}
            onChange={(event) => filters.set({ active: event.currentTarget.checked ? "true" : null })}
          />
          <span>Under way</span>
        </label>
      </FilterBar>
      <ListTable
        of={runs}
        label="Runs"
        columns={RUN_COLUMNS}
        id={(run) => run.id}
        empty={
          <>
            <h2>No run is like that</h2>
            <p>
              Runs start when a <a href="/jobs">job</a> is due.
            </p>
          </>
        }
      />
    </Page>
  );
}
