import { describe, expect, it } from "vitest";
import type { Flow, Queue } from "../../api/flow";
import { remember } from "../../api/history";
import { draw, isStuck, NODE_HEIGHT } from "./picture";
import { wordsOf } from "./words";

const queue = (name: string, stage: string, source: string | null, more: Partial<Queue> = {}): Queue => ({
  queue: name,
  stage,
  source,
  waiting: 0,
  running: 0,
  later: 0,
  dead: 0,
  oldest_seconds: null,
  per_minute: 0,
  ...more,
});

const transform = (source: string, entity: string) => ({
  entity,
  source,
  plugin: entity,
  version: "0.1.0",
  trial: null,
  records_per_minute: 7,
  dead_letters: 0,
});

const flow: Flow = {
  at: "2026-01-01T00:00:00Z",
  sources: ["github", "jira"].map((name) => ({
    name,
    integrations: 1,
    jobs: 2,
    running_runs: 0,
    failing_jobs: 0,
    requests_per_minute: name === "github" ? 5 : null,
  })),
  queues: [
    queue("etl.extract", "extract", null, { per_minute: 4 }),
    queue("etl.transform.github", "transform", "github", {
      waiting: 3,
      per_minute: 6,
      stuck_since: "2026-01-01T00:00:00Z",
    }),
    queue("etl.load.github", "load", "github", { per_minute: 30 }),
    queue("etl.transform.jira", "transform", "jira"),
    queue("etl.load.jira", "load", "jira", { per_minute: 2 }),
    queue("etl.vectorize", "vectorize", null, { per_minute: 9 }),
  ],
  transforms: [
    transform("github", "prs"),
    { ...transform("github", "commits"), records_per_minute: null },
    transform("jira", "issues"),
  ],
  tables: [
    { name: "prs", source: "github", rows_per_minute: 0 },
    { name: "issues", source: "jira", rows_per_minute: 4 },
    { name: "issue_sprints", source: "jira", rows_per_minute: null },
  ],
  dead_letters: 0,
  failing_jobs: 0,
  alive: { schedulers: 1, relays: 1, workers: 1 },
};

describe("the picture", () => {
  const { nodes, edges, height } = draw(flow, 1000);

  it("has each thing once, inside its frame", () => {
    expect(nodes).toHaveLength(2 + 6 + 3 + 3);
    expect(new Set(nodes.map((node) => node.id)).size).toBe(nodes.length);
    for (const node of nodes) {
      expect(node.x + node.width).toBeLessThanOrEqual(1000.01);
      expect(node.y).toBeGreaterThanOrEqual(0);
      expect(node.y + NODE_HEIGHT).toBeLessThanOrEqual(height);
    }
  });

  it("lets no two things lie on one another", () => {
    const places = nodes.map((node) => `${node.x} ${node.y}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it("joins the sources by the one queue of requests", () => {
    const into = edges.filter((edge) => edge.to.id === "queue etl.extract");
    expect(into.map((edge) => edge.from.id)).toEqual(["source github", "source jira"]);
  });

  it("keeps the sources apart behind it", () => {
    const crossing = edges.filter((edge) => edge.from.id.includes("github") && edge.to.id.includes("jira"));
    expect(crossing).toEqual([]);
  });

  it("has the rates that are known on its ways, and those of their queue on the others", () => {
    const rate = (from: string, to: string) =>
      edges.find((edge) => edge.from.id === from && edge.to.id === to)?.rate;
    expect(rate("queue etl.transform.jira", "transform jira issues")).toBe(7);
    expect(rate("transform jira issues", "queue etl.load.jira")).toBe(7);
    expect(rate("queue etl.load.jira", "table jira issues")).toBe(4);
    expect(rate("queue etl.load.jira", "table jira issue_sprints")).toBe(2);
    expect(rate("source jira", "queue etl.extract")).toBe(4);
    expect(rate("queue etl.transform.github", "transform github commits")).toBe(6);
    expect(rate("transform github commits", "queue etl.load.github")).toBe(30);
  });

  it("has the queue of what is to be embedded behind every queue of changes", () => {
    const into = edges.filter((edge) => edge.to.id === "queue etl.vectorize");
    expect(into.map((edge) => edge.from.id)).toEqual(["queue etl.load.github", "queue etl.load.jira"]);
    const without = { ...flow, queues: flow.queues.filter((one) => one.stage !== "vectorize") };
    expect(draw(without, 1000).height).toBeLessThan(height);
  });

  it("shows what comes out of a queue that is stuck as stuck", () => {
    const stuck = edges.filter((edge) => edge.stuck);
    expect(stuck.map((edge) => edge.to.id)).toEqual(["transform github prs", "transform github commits"]);
    expect(nodes.filter(isStuck)).toHaveLength(1);
  });
});

describe("the words of a node", () => {
  const line = (id: string) => {
    const node = draw(flow, 1000).nodes.find((one) => one.id === id);
    return node && wordsOf(node, 0).line;
  };

  it("say how fast a transform is", () => {
    expect(line("transform jira issues")).toBe("0.1.0 · 7/min");
  });

  it("have a number where one is known", () => {
    expect(line("source github")).toBe("idle · 5 req/min");
    expect(line("source jira")).toBe("idle · – req/min");
    expect(line("transform github commits")).toBe("0.1.0 · –/min");
    expect(line("table jira issues")).toBe("4 rows/min");
    expect(line("table jira issue_sprints")).toBe("– rows/min");
  });

  it("say since when a queue is stuck", () => {
    const node = draw(flow, 1000).nodes.find(isStuck);
    const words = node && wordsOf(node, Date.parse("2026-01-01T00:04:00Z"));
    expect(words?.trouble).toBe("stuck for 4\u00a0min");
    expect(words?.figure).toBe("3");
  });
});

describe("the history", () => {
  const at = (seconds: number): Flow => ({ ...flow, at: new Date(seconds * 1000).toISOString() });

  it("adds up the queues", () => {
    expect(remember([], at(1000))).toEqual([{ at: 1000, waiting: 3, perMinute: 51 }]);
  });

  it("is of a quarter of an hour, and each moment once", () => {
    const seen = remember(remember(remember([], at(1000)), at(1000)), at(1950));
    expect(seen.map((moment) => moment.at)).toEqual([1950]);
  });
});
