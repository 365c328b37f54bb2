import { Pause, Play, Square } from "lucide";
import { send } from "../../api/client";
import { useResource } from "../../api/resource";
import { may } from "../../api/session";
import type { Job } from "../../api/work";
import { ActionButton } from "../../parts/action";
import { State, Tag } from "../../parts/badge";
import { Facts } from "../../parts/facts";
import { Loaded } from "../../parts/loaded";
import { Page, Section } from "../../parts/page";
import { When } from "../../parts/time";
import { counted } from "../../text/numbers";
import { every } from "../../text/times";
import { RunsOfJob } from "./runs-of-job";
import { EditSchedule } from "./schedule";
import { Waits } from "./waits";

export function JobPage({ params }: { params: { id: string } }) {
  const job = useResource<Job>(`/jobs/${encodeURIComponent(params.id)}`, {}, ["jobs", "runs"]);
  const current = job.data;
  return (
    <Page
      title={current?.name ?? "Job"}
      up={{ href: "/jobs", label: "Jobs" }}
      beside={current && <State of={current.state} />}
      actions={current && may("operator", current.tenant) && <Actions job={current} done={job.reload} />}
    >
      <Loaded of={job}>
        {(job) => (
          <>
            <JobFacts job={job} />
            <Waits job={job} />
            <RunsOfJob job={job} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ job, done }: { job: Job; done: () => void }) {
  const path = `/jobs/${job.id}`;
  const pause = () => send("PATCH", path, { paused: !job.paused });
  return (
    <>
      <ActionButton
        label="Run now"
        icon={Play}
        kind="primary"
        run={() => send("POST", `${path}/run`)}
        done="Asked for: it runs as soon as nothing is in its way"
        then={done}
      />
      <ActionButton
        label={job.paused ? "Resume" : "Pause"}
        icon={job.paused ? Play : Pause}
        run={pause}
        done={job.paused ? "It runs on its schedule again" : "No run starts until it is resumed"}
        then={done}
      />
      <EditSchedule job={job} done={done} />
      {job.running > 0 && (
        <ActionButton
          label="Cancel the run"
          icon={Square}
          kind="danger"
          ask="The run that is under way is given up. What was read is kept and loaded; no cursor moves, so the next run reads the rest."
          run={() => send("POST", `${path}/cancel`)}
          done="The run is given up"
          then={done}
        />
      )}
    </>
  );
}

function JobFacts({ job }: { job: Job }) {
  return (
    <Section title="Schedule">
      <Facts
        of={[
          ["Runs", every(job.every_minutes)],
          [
            "Next run",
            job.requested_at ? <Asked key="asked" at={job.requested_at} /> : <When at={job.due_at} />,
          ],
          ["Last success", <When key="success" at={job.succeeded_at} none="never" />],
          ["Failures in a row", job.failures],
          ["Stream", <code key="stream">{job.stream}</code>],
          ["Integration", <IntegrationLink key="integration" job={job} />],
          ["Tenant", <bdi key="tenant">{job.tenant}</bdi>],
          ["Depends on", job.depends_on.length > 0 ? <bdi>{job.depends_on.join(", ")}</bdi> : <i>nothing</i>],
          ["Priority", job.priority],
          ["If a run is under way", job.overlap],
          ["After missed times", job.misfire],
          ["Jitter", job.jitter_seconds > 0 ? counted(job.jitter_seconds, "second") : "none"],
        ]}
      />
    </Section>
  );
}

function Asked({ at }: { at: string }) {
  return (
    <>
      asked for <When at={at} />
    </>
  );
}

function IntegrationLink({ job }: { job: Job }) {
  return (
    <>
      <a href={`/integrations/${job.integration_id}`}>
        <bdi>{job.integration}</bdi>
      </a>
      {job.integration_paused && <Tag tone="warn">paused</Tag>}
    </>
  );
}
