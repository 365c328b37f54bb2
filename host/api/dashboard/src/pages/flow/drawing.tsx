import { TriangleAlert } from "lucide";
import type { Flow } from "../../api/flow";
import { Icon } from "../../parts/icon";
import { now } from "../../text/clock";
import { draw, type Edge, isStuck, NODE_HEIGHT, type Placed } from "./picture";
import { wordsOf } from "./words";

/** The flow as a picture, for a screen that is wide enough. */
export function Drawing({ flow, width }: { flow: Flow; width: number }) {
  const { nodes, edges, height } = draw(flow, width);
  return (
    <section class="flow" aria-label="Flow from sources to tables" style={{ height: `${height}px` }}>
      <svg width={width} height={height} aria-hidden="true">
        {edges.map((edge) => (
          <path key={`${edge.from.id}>${edge.to.id}`} class={edgeLook(edge)} d={curve(edge)} />
        ))}
      </svg>
      {nodes.map((node) => (
        <NodeBox key={node.id} node={node} />
      ))}
    </section>
  );
}

function NodeBox({ node }: { node: Placed }) {
  const { name, short, figure, line, trouble, href } = wordsOf(node, now.value);
  const spoken = [node.kind, name, figure, line, trouble].filter(Boolean).join(", ");
  const look = `node ${node.kind} ${trouble ? "troubled" : ""} ${isStuck(node) ? "stuck" : ""}`;
  const place = {
    left: `${node.x}px`,
    top: `${node.y}px`,
    width: `${node.width}px`,
    height: `${NODE_HEIGHT}px`,
  };
  return (
    <a href={href} class={look} aria-label={spoken} title={spoken} style={place}>
      <span>
        <strong>{short}</strong>
        {figure}
      </span>
      {trouble ? (
        <span class="line trouble">
          <Icon of={TriangleAlert} size={11} /> {trouble}
        </span>
      ) : (
        <span class="line">{line}</span>
      )}
    </a>
  );
}

function curve({ from, to }: Edge): string {
  const [x1, y1] = [from.x + from.width, from.y + NODE_HEIGHT / 2];
  const [x2, y2] = [to.x, to.y + NODE_HEIGHT / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

const BUSY = 60;
const VERY_BUSY = 600;

function edgeLook({ rate, stuck }: Edge): string {
  if (stuck) return "edge stuck";
  if (rate <= 0) return "edge";
  return `edge moving ${rate >= VERY_BUSY ? "fastest" : rate >= BUSY ? "faster" : ""}`;
}
