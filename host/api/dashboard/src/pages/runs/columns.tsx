import type { Run } from "../../api/work";
import { State } from "../../parts/badge";
import type { Column } from "../../parts/table";
import { Took, When } from "../../parts/time";
import { compact, progress } from "../../text/numbers";

export const RUN_COLUMNS: Column<Run>[] = [
  { head: "Run", main: true, cell: (run) => <a href={`/runs/${run.id}`}>{run.id}</a> },
  { head: "State", cell: (run) => <RunState run={run} /> },
  { head: "Stream", cell: (run) => <bdi>{run.stream}</bdi> },
  { head: "Integration", cell: (run) => <bdi>{run.integration}</bdi> },
  { head: "Started", cell: (run) => <When at={run.started_at ?? run.created_at} /> },
  { head: "Took", number: true, cell: (run) => <Took from={run.started_at} to={run.finished_at} /> },
  { head: "Requests", number: true, cell: (run) => compact(run.counters.requests) },
  { head: "Records", number: true, cell: (run) => compact(run.counters.extracted) },
  { head: "Loaded", number: true, cell: (run) => compact(run.counters.loaded) },
  {
    head: "Dead",
    number: true,
    cell: (run) =>
      run.counters.dead > 0 ? <b class="bad">{compact(run.counters.dead)}</b> : <span class="dim">0</span>,
  },
];

function RunState({ run }: { run: Run }) {
  const done = run.state === "running" && run.done !== null ? ` ${progress(run.done)}` : "";
  return (
    <>
      <State of={run.state} />
      {done}
    </>
  );
}
