import { useLocation } from "preact-iso";
import type { Flow } from "../../api/flow";
import { now } from "../../text/clock";
import { draw, type Edge, isStuck, NODE_HEIGHT, type Placed } from "./picture";
import { wordsOf } from "./words";

/** The flow as a picture, for a screen that is wide enough. */
export function Drawing({ flow, width }: { flow: Flow; width: number }) {
  const { nodes, edges, height } = draw(flow, width);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a picture.
    <svg class="flow" role="group" aria-label="Flow from sources to tables" width={width} height={height + 2}>
      <g transform="translate(0 1)">
        {edges.map((edge) => (
          <path key={`${edge.from.id}>${edge.to.id}`} class={edgeLook(edge)} d={curve(edge)} />
        ))}
        {nodes.map((node) => (
          <NodeBox key={node.id} node={node} />
        ))}
      </g>
    </svg>
  );
}

function NodeBox({ node }: { node: Placed }) {
  const { route } = useLocation();
  const { name, line, trouble, href } = wordsOf(node, now.value);
  // The router follows the links of HTML alone.
  const follow = (event: MouseEvent) => {
    if (href.startsWith("#") || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0)
      return;
    event.preventDefault();
    route(href);
  };
  const spoken = [node.kind, name, line, trouble].filter(Boolean).join(", ");
  const look = `node ${node.kind} ${trouble ? "troubled" : ""} ${isStuck(node) ? "stuck" : ""}`;
  return (
    <a href={href} class={look} aria-label={spoken} onClick={follow}>
      <title>{spoken}</title>
      <svg x={node.x} y={node.y} width={node.width} height={NODE_HEIGHT} aria-hidden="true">
        <rect x="0.5" y="0.5" width={Math.max(0, node.width - 1)} height={NODE_HEIGHT - 1} rx="7" />
        <rect class="edge" x="0.5" y="8" width="3" height={NODE_HEIGHT - 16} rx="1.5" />
        <text class="name" x="12" y="18">
          {name}
        </text>
        <text class="line" x="12" y="34">
          {trouble ? <tspan class="trouble">⚠ {trouble}</tspan> : line}
        </text>
        {trouble && node.kind === "queue" && <Backlog node={node} />}
      </svg>
    </a>
  );
}

function Backlog({ node }: { node: Placed }) {
  return node.kind === "queue" ? (
    <text class="corner" x={node.width - 8} y="18">
      {node.of.waiting}
    </text>
  ) : null;
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
