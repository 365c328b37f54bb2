import { useList } from "../../api/list";
import type { Job, Run } from "../../api/work";
import { Chart } from "../../parts/chart";
import { ListTable } from "../../parts/list";
import { Section } from "../../parts/page";
import { Progress } from "../../parts/progress";
import { compact, counted } from "../../text/numbers";
import { duration } from "../../text/times";
import { RUN_COLUMNS } from "../runs/columns";
import { durations } from "./durations";

const ENOUGH = 2;

/** The runs of a job, and how long they took. */
export function RunsOfJob({ job }: { job: Job }) {
  const query = { job_id: job.id };
  const runs = useList<Run>("/runs", query, ["runs"]);
  const ended = durations(runs.items ?? []);
  const active = runs.items?.find((run) => run.state === "running");
  return (
    <>
      {active && <UnderWay run={active} />}
      {ended.times.length >= ENOUGH && (
        <Section title="Duration over time">
          <Chart
            label="How long each run took, by when it started"
            times={ended.times}
            series={[
              { label: "Succeeded", tone: "good", values: ended.succeeded, points: true },
              { label: "Failed or cancelled", tone: "bad", values: ended.others, points: true },
            ]}
            format={duration}
            steps={[1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 21_600, 86_400]}
          />
        </Section>
      )}
      <Section title="Runs">
        <ListTable
          of={runs}
          label="Runs of this job"
          columns={RUN_COLUMNS.filter((column) => column.head !== "Stream" && column.head !== "Integration")}
          id={(run) => run.id}
          empty={<p>It has not run yet.</p>}
        />
      </Section>
    </>
  );
}

function UnderWay({ run }: { run: Run }) {
  return (
    <Section title="Under way">
      <p>
        <a href={`/runs/${run.id}`}>Run {run.id}</a>: {counted(run.counters.requests, "request")},{" "}
        {counted(run.counters.extracted, "record")}, {compact(run.counters.loaded)} loaded
      </p>
      <Progress label="How far the run is" done={run.done} seconds={run.estimate_seconds} />
    </Section>
  );
}
