import type { Flow, FlowSource, FlowTable, FlowTransform, Queue } from "../../api/flow";

export type Node =
  | { kind: "source"; id: string; of: FlowSource }
  | { kind: "queue"; id: string; of: Queue }
  | { kind: "transform"; id: string; of: FlowTransform }
  | { kind: "table"; id: string; of: FlowTable };

export type Placed = Node & { x: number; y: number; width: number };

export interface Edge {
  from: Placed;
  to: Placed;
  /** What passes in a minute. */
  rate: number;
  stuck: boolean;
}

export interface Picture {
  nodes: Placed[];
  edges: Edge[];
  height: number;
}

export const NODE_HEIGHT = 44;
const ROW = NODE_HEIGHT + 10;
const BAND_GAP = 18;
/** Sources, the queue of requests, and for each source: a queue, transforms, a queue, tables. */
const COLUMNS = 6;
const GAP_PART = 0.24;

/** Where everything stands, for a width. The sources lie below one another, each a band. */
export function draw(flow: Flow, width: number): Picture {
  const column = width / (COLUMNS + (COLUMNS - 1) * GAP_PART);
  const place = (node: Node, index: number, middle: number): Placed => ({
    ...node,
    x: index * column * (1 + GAP_PART),
    y: middle - NODE_HEIGHT / 2,
    width: column,
  });

  const nodes: Placed[] = [];
  const edges: Edge[] = [];
  const names = bands(flow);
  const sizes = names.map((name) => bandHeight(flow, name));
  const height = sizes.reduce((sum, size) => sum + size, 0) + BAND_GAP * Math.max(0, names.length - 1);
  const shared = flow.queues.find((queue) => queue.stage === "extract");
  const extract = shared && place(queueNode(shared), 1, height / 2);
  if (extract) nodes.push(extract);
  const embedding = flow.queues.find((queue) => queue.stage === "vectorize");
  const below = height + BAND_GAP + ROW / 2;
  const vectorize = embedding && place(queueNode(embedding), COLUMNS - 1, below);
  if (vectorize) nodes.push(vectorize);

  let top = 0;
  names.forEach((name, index) => {
    const size = sizes[index] ?? 0;
    const band = drawBand(flow, name, top, size, place);
    nodes.push(...band.nodes);
    edges.push(...band.edges, ...joins(extract, band, vectorize));
    top += size + BAND_GAP;
  });
  return { nodes, edges, height: vectorize ? below + ROW / 2 : height };
}

type Place = (node: Node, column: number, middle: number) => Placed;

interface Band {
  source: Placed | undefined;
  intake: Placed | undefined;
  loading: Placed | undefined;
  nodes: Placed[];
  edges: Edge[];
}

function drawBand(flow: Flow, name: string, top: number, size: number, place: Place): Band {
  const middle = top + size / 2;
  const column = (nodes: Node[], index: number) => {
    const start = middle - (nodes.length * ROW) / 2 + ROW / 2;
    return nodes.map((node, row) => place(node, index, start + row * ROW));
  };
  const queue = (stage: string, index: number) => {
    const found = flow.queues.find((one) => one.stage === stage && one.source === name);
    return found ? [place(queueNode(found), index, middle)] : [];
  };
  const source = column(flow.sources.filter((one) => one.name === name).map(sourceNode), 0);
  const intake = queue("transform", 2);
  const transforms = column(flow.transforms.filter((one) => one.source === name).map(transformNode), 3);
  const loading = queue("load", 4);
  const tables = column(flow.tables.filter((one) => one.source === name).map(tableNode), 5);
  const edges = [
    ...connect(intake, transforms, (from, to) => rateOf(to) ?? rateOf(from)),
    ...connect(transforms, loading, (from, to) => rateOf(from) ?? rateOf(to)),
    ...connect(loading, tables, (from, to) => rateOf(to) ?? rateOf(from)),
  ];
  const nodes = [...source, ...intake, ...transforms, ...loading, ...tables];
  return { source: source[0], intake: intake[0], loading: loading[0], nodes, edges };
}

/** What joins a band with the queues that all of them share. */
function joins(extract: Placed | undefined, band: Band, vectorize: Placed | undefined): Edge[] {
  const list = (node: Placed | undefined) => (node ? [node] : []);
  const [shared, source, intake] = [list(extract), list(band.source), list(band.intake)];
  return [
    ...connect(source, shared, (from, to) => rateOf(from) ?? rateOf(to)),
    ...connect(shared, intake, (_, to) => rateOf(to)),
    ...connect(list(band.loading), list(vectorize), (_, to) => rateOf(to)),
  ];
}

function connect(from: Placed[], to: Placed[], rate: (from: Placed, to: Placed) => number | null): Edge[] {
  return from.flatMap((one) =>
    to.map((other) => ({ from: one, to: other, rate: rate(one, other) ?? 0, stuck: isStuck(one) })),
  );
}

/** What passes it in a minute, where that is known. */
export function rateOf(node: Node): number | null {
  switch (node.kind) {
    case "source":
      return node.of.requests_per_minute;
    case "queue":
      return node.of.per_minute;
    case "table":
      return node.of.rows_per_minute;
    case "transform":
      return node.of.records_per_minute;
  }
}

export function isStuck(node: Node): boolean {
  return node.kind === "queue" && node.of.stuck_since != null;
}

/** The sources that the flow has anything of, in their order. */
export function bands(flow: Flow): string[] {
  const names = flow.sources.map((source) => source.name);
  const others = [...flow.transforms, ...flow.tables].map((one) => one.source);
  return [...new Set([...names, ...others])];
}

function bandHeight(flow: Flow, name: string): number {
  const of = (list: { source: string }[]) => list.filter((one) => one.source === name).length;
  return Math.max(1, of(flow.transforms), of(flow.tables)) * ROW;
}

export const sourceNode = (of: FlowSource): Node => ({ kind: "source", id: `source ${of.name}`, of });
export const queueNode = (of: Queue): Node => ({ kind: "queue", id: `queue ${of.queue}`, of });
export const transformNode = (of: FlowTransform): Node => ({
  kind: "transform",
  id: `transform ${of.source} ${of.entity}`,
  of,
});
export const tableNode = (of: FlowTable): Node => ({
  kind: "table",
  id: `table ${of.source} ${of.name}`,
  of,
});
