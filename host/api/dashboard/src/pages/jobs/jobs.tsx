import { useList } from "../../api/list";
import { JOB_STATES, type Job } from "../../api/work";
import { State } from "../../parts/badge";
import { FilterBar, SearchFilter, SelectFilter, useFilters } from "../../parts/filters";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";
import { TenantFilter } from "../../parts/tenants";
import { When } from "../../parts/time";
import { every } from "../../text/times";
import { IntegrationFilter } from "../integrations/filter";
import { SourceFilter } from "../integrations/sources";
import { Next } from "./next";

const COLUMNS: Column<Job>[] = [
  {
    head: "Job",
    main: true,
    cell: (job) => (
      <a href={`/jobs/${job.id}`}>
        <bdi>{job.name}</bdi>
      </a>
    ),
  },
  { head: "State", cell: (job) => <State of={job.state} /> },
  { head: "Integration", cell: (job) => <bdi>{job.integration}</bdi> },
  { head: "Tenant", cell: (job) => <bdi>{job.tenant}</bdi> },
  { head: "Schedule", cell: (job) => every(job.every_minutes) },
  { head: "Next run", cell: (job) => <Next job={job} /> },
  { head: "Last run", cell: (job) => <Last job={job} /> },
  { head: "Failures in a row", number: true, cell: (job) => job.failures || <span class="dim">0</span> },
];

export function JobsPage() {
  const filters = useFilters();
  const query = filters.query("tenant", "source", "integration", "state", "q");
  const jobs = useList<Job>("/jobs", query, ["jobs", "runs"]);
  return (
    <Page title="Jobs">
      <FilterBar>
        <SearchFilter filters={filters} label="Name" />
        <SelectFilter filters={filters} name="state" label="State" options={JOB_STATES} />
        <SourceFilter filters={filters} />
        <IntegrationFilter filters={filters} />
        <TenantFilter filters={filters} />
      </FilterBar>
      <ListTable
        of={jobs}
        label="Jobs"
        columns={COLUMNS}
        id={(job) => job.id}
        empty={
          <>
            <h2>No job is like that</h2>
            <p>
              An <a href="/integrations">integration</a> brings a job for each stream of its source.
            </p>
          </>
        }
      />
    </Page>
  );
}

function Last({ job }: { job: Job }) {
  if (!job.last) return <span class="dim">never</span>;
  return (
    <a href={`/runs/${job.last.run}`} class="plain">
      <State of={job.last.state} /> <When at={job.last.finished_at} />
    </a>
  );
}
