import type { Queue } from "../../api/flow";
import { State, Tag } from "../../parts/badge";
import { Table } from "../../parts/table";
import { now } from "../../text/clock";
import { compact, count } from "../../text/numbers";
import { between, duration } from "../../text/times";
import { queueAnchor } from "./words";

/** Each queue in figures. */
export function QueueTable({ queues }: { queues: Queue[] }) {
  return (
    <Table
      label="Queues"
      rows={queues}
      id={(queue) => queue.queue}
      columns={[
        {
          head: "Queue",
          main: true,
          cell: (queue) => <code id={queueAnchor(queue.queue)}>{queue.queue}</code>,
        },
        { head: "State", cell: (queue) => <QueueState queue={queue} /> },
        { head: "Waiting", number: true, cell: (queue) => count(queue.waiting) },
        { head: "Oldest", number: true, cell: (queue) => age(queue) },
        { head: "Running", number: true, cell: (queue) => count(queue.running) },
        { head: "Due later", number: true, cell: (queue) => count(queue.later) },
        { head: "A minute", number: true, cell: (queue) => compact(queue.per_minute) },
        { head: "Given up", number: true, cell: (queue) => count(queue.dead) },
      ]}
    />
  );
}

function age(queue: Queue) {
  return queue.oldest_seconds === null ? (
    <span class="dim">–</span>
  ) : (
    duration(Math.floor(queue.oldest_seconds))
  );
}

function QueueState({ queue }: { queue: Queue }) {
  if (queue.stuck_since) {
    return (
      <>
        <State of="stuck" /> for {duration(Math.floor(between(queue.stuck_since, now.value)))}
      </>
    );
  }
  if (queue.running > 0) return <State of="running" />;
  return queue.waiting > 0 ? <State of="waiting" /> : <Tag>idle</Tag>;
}
