import { TriangleAlert } from "lucide";
import type { Flow, Queue } from "../../api/flow";
import { Icon } from "../../parts/icon";
import { now } from "../../text/clock";
import { type Node, queueNode, sourceNode, tableNode, transformNode } from "./picture";
import { wordsOf } from "./words";

/** The flow as a list from top to bottom, for a narrow screen. */
export function Stages({ flow }: { flow: Flow }) {
  const queues = (stage: string) =>
    flow.queues.filter((queue: Queue) => queue.stage === stage).map(queueNode);
  return (
    <ol class="stages" aria-label="Flow from sources to tables">
      <Stage title="Sources" nodes={flow.sources.map(sourceNode)} />
      <Stage title="Requests that wait" nodes={queues("extract")} />
      <Stage title="Records that wait to be mapped" nodes={queues("transform")} />
      <Stage title="Transforms" nodes={flow.transforms.map(transformNode)} />
      <Stage title="Changes that wait to be loaded" nodes={queues("load")} />
      <Stage title="Tables" nodes={flow.tables.map(tableNode)} />
      <Stage title="Rows that wait to be embedded" nodes={queues("vectorize")} />
    </ol>
  );
}

function Stage({ title, nodes }: { title: string; nodes: Node[] }) {
  if (nodes.length === 0) return null;
  return (
    <li>
      <h2>{title}</h2>
      <ul>
        {nodes.map((node) => {
          const { name, figure, line, trouble, href } = wordsOf(node, now.value);
          return (
            <li key={node.id}>
              <a href={href} class={trouble ? "troubled" : ""}>
                <strong>{name}</strong>
                <span>{[figure, line].filter(Boolean).join(" · ")}</span>
                {trouble && (
                  <span class="trouble">
                    <Icon of={TriangleAlert} size={13} /> {trouble}
                  </span>
                )}
              </a>
            </li>
          );
        })}
      </ul>
    </li>
  );
}
