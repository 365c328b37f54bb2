import type { Flow } from "../../api/flow";
import { flow as pushed } from "../../api/live";
import { useResource } from "../../api/resource";
import { Figures } from "../../parts/facts";
import { Loaded } from "../../parts/loaded";
import { Page, Section } from "../../parts/page";
import { useWidth } from "../../parts/width";
import { compact, count } from "../../text/numbers";
import { Drawing } from "./drawing";
import { QueueTable } from "./queues";
import { Stages } from "./stages";
import { Trend } from "./trend";

const WIDE = 760;

/** Everything that flows, as one picture that moves with it. */
export function FlowPage() {
  const read = useResource<Flow>("/flow");
  const current = { ...read, data: pushed.value ?? read.data };
  return (
    <Page title="Flow">
      <Loaded of={current}>{(flow) => <Living flow={flow} />}</Loaded>
    </Page>
  );
}

function Living({ flow }: { flow: Flow }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  return (
    <>
      <Summary flow={flow} />
      <div class="picture" ref={frame}>
        {flow.sources.length === 0 ? <Nothing /> : null}
        {width >= WIDE ? <Drawing flow={flow} width={width} /> : width > 0 && <Stages flow={flow} />}
      </div>
      <Trend />
      <Section title="Queues">
        <QueueTable queues={flow.queues} />
      </Section>
    </>
  );
}

function Nothing() {
  return (
    <div class="empty">
      <h2>Nothing flows yet</h2>
      <p>
        <a href="/integrations/new">Add an integration</a>, and its source, transforms and tables are here.
      </p>
    </div>
  );
}

function Summary({ flow }: { flow: Flow }) {
  const sum = (part: (queue: Flow["queues"][number]) => number) =>
    flow.queues.reduce((total, queue) => total + part(queue), 0);
  const bad = (value: number) => (value > 0 ? "bad" : "");
  const { workers, schedulers, relays } = flow.alive;
  const processes = (name: string, there: number): [string, string, "bad" | ""] => [
    name,
    count(there),
    there === 0 ? "bad" : "",
  ];
  return (
    <Figures
      of={[
        ["Waiting tasks", compact(sum((queue) => queue.waiting))],
        ["Running tasks", compact(sum((queue) => queue.running))],
        ["Tasks a minute", compact(sum((queue) => queue.per_minute))],
        [
          "Failing jobs",
          <a key="jobs" href="/jobs?state=failing">
            {count(flow.failing_jobs)}
          </a>,
          bad(flow.failing_jobs),
        ],
        [
          "Dead letters",
          <a key="dead" href="/dead-letters">
            {compact(flow.dead_letters)}
          </a>,
          bad(flow.dead_letters),
        ],
        processes("Workers", workers),
        processes("Schedulers", schedulers),
        ...(relays === null ? [] : [processes("Relays", relays)]),
      ]}
    />
  );
}
