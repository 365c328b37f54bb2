import { RotateCcw, Square } from "lucide";
import { send } from "../../api/client";
import { useResource } from "../../api/resource";
import { may } from "../../api/session";
import type { RunDetail } from "../../api/work";
import { ActionButton } from "../../parts/action";
import { State } from "../../parts/badge";
import { Facts, Figures } from "../../parts/facts";
import { Loaded } from "../../parts/loaded";
import { Page, Section } from "../../parts/page";
import { Progress } from "../../parts/progress";
import { Moment, Took, When } from "../../parts/time";
import { bytes, compact, count, counted } from "../../text/numbers";
import { Log } from "./log";
import { QuotaOf } from "./quota";

export function RunPage({ params }: { params: { id: string } }) {
  const run = useResource<RunDetail>(`/runs/${encodeURIComponent(params.id)}`, {}, ["runs"]);
  const current = run.data;
  const active = current?.state === "running" || current?.state === "waiting";
  return (
    <Page
      title={`Run ${params.id}`}
      up={{ href: "/runs", label: "Runs" }}
      beside={current && <State of={current.state} />}
      actions={
        current &&
        may("operator", current.tenant) && (
          <>
            {current.given_up > 0 && <Retry run={current} done={run.reload} />}
            {active && <Cancel run={current} done={run.reload} />}
          </>
        )
      }
    >
      <Loaded of={run}>{(run) => <Detail run={run} />}</Loaded>
    </Page>
  );
}

interface ActionProps {
  run: RunDetail;
  done: () => void;
}

function Retry({ run, done }: ActionProps) {
  const tasks = counted(run.given_up, "task");
  return (
    <ActionButton
      label="Retry"
      icon={RotateCcw}
      ask={`${tasks} given up after what they hold was read. They are queued again: mend first what was in their way. What could not be fetched, the next run asks for.`}
      run={() => send("POST", `/runs/${run.id}/retry`)}
      done="The run goes on"
      then={done}
    />
  );
}

function Cancel({ run, done }: ActionProps) {
  return (
    <ActionButton
      label="Cancel"
      icon={Square}
      kind="danger"
      ask="This run is given up. What was read is kept and loaded; no cursor moves, so the next run reads the rest."
      run={() => send("POST", `/runs/${run.id}/cancel`)}
      done="The run is given up"
      then={done}
    />
  );
}

function Detail({ run }: { run: RunDetail }) {
  return (
    <>
      {run.state === "running" && (
        <Progress
          label="How far the run is"
          done={run.done}
          seconds={run.estimate_seconds}
          now={isRead(run) && "all read, being loaded"}
        />
      )}
      <Counted run={run} />
      <Section title="What it is">
        <Facts
          of={[
            [
              "Job",
              run.job ? (
                <a href={`/jobs/${run.job_id}`}>
                  <bdi>{run.job}</bdi>
                </a>
              ) : (
                "none"
              ),
            ],
            run.replay !== null && [
              "Replay",
              <a key="replay" href={`/replays/${run.replay}`}>
                {run.replay}
              </a>,
            ],
            ["Stream", <code key="stream">{run.stream}</code>],
            [
              "Integration",
              <a key="integration" href={`/integrations/${run.integration_id}`}>
                <bdi>{run.integration}</bdi>
              </a>,
            ],
            ["Tenant", <bdi key="tenant">{run.tenant}</bdi>],
            ["Asked for", <When key="created" at={run.created_at} />],
            ["Started", <Moment key="started" at={run.started_at} />],
            ["Ended", <Moment key="ended" at={run.finished_at} />],
            ["Took", <Took key="took" from={run.started_at} to={run.finished_at} />],
            ["Open requests", run.planning ? "more are being planned" : count(run.open_requests)],
          ]}
        />
      </Section>
      <QuotaOf run={run} />
      <Log run={run} />
    </>
  );
}

function isRead(run: RunDetail): boolean {
  return run.replay === null && run.done !== null && run.open_requests === 0;
}

function Counted({ run }: { run: RunDetail }) {
  const { counters } = run;
  const letters = `/dead-letters?integration=${run.integration_id}&stream=${encodeURIComponent(run.stream)}`;
  return (
    <Figures
      of={[
        ["Requests", compact(counters.requests)],
        ["Read", bytes(counters.bytes)],
        ["Repeated", counted(counters.retries, "time")],
        ["Records", compact(counters.extracted)],
        ["Mapped", compact(counters.transformed)],
        ["Loaded", compact(counters.loaded)],
        ["Unchanged", compact(counters.unchanged)],
        [
          "Dead letters",
          <a key="dead" href={letters}>
            {compact(counters.dead)}
          </a>,
          counters.dead > 0 ? "bad" : "",
        ],
        ["Failed", compact(counters.failed), counters.failed > 0 ? "bad" : ""],
      ]}
    />
  );
}
