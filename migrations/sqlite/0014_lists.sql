-- What lists and the picture of the flow ask for: each was measured with a million rows
-- (docs/performance.md).

-- Whether a run is being planned: there is such a task for a moment only.
CREATE INDEX tasks_plans ON tasks (run_id) WHERE kind = '"plan"';
-- The newest runs of a job, and those of a state: of everybody, and of a tenant.
CREATE INDEX job_runs_newest ON job_runs (job_id, id) WHERE job_id IS NOT NULL;
CREATE INDEX job_runs_by_state ON job_runs (state, id);
CREATE INDEX job_runs_of_tenant_by_state ON job_runs (tenant_id, state, id);
-- How many dead letters each plugin has.
CREATE INDEX dead_letters_by_plugin ON dead_letters (tenant_id, plugin);
