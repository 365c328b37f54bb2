import { compact, counted } from "../../text/numbers";
import { between, roughly } from "../../text/times";
import type { Node } from "./picture";

/** How a node reads: its name, what it does now, and what is wrong with it. */
export interface Words {
  name: string;
  /** The same where its source is plain to see. */
  short: string;
  /** A number that stands beside the name. */
  figure: string;
  line: string;
  trouble: string | null;
  href: string;
}

export function wordsOf(node: Node, now: number): Words {
  switch (node.kind) {
    case "source":
      return sourceWords(node.of);
    case "queue":
      return queueWords(node.of, now);
    case "transform":
      return transformWords(node.of);
    case "table":
      return {
        name: node.of.name,
        short: node.of.name,
        figure: "",
        line: `${rate(node.of.rows_per_minute)} rows/min`,
        trouble: null,
        href: `/data/${encodeURIComponent(node.of.name)}`,
      };
  }
}

type Of<K extends Node["kind"]> = Extract<Node, { kind: K }>["of"];

function sourceWords(source: Of<"source">): Words {
  const runs = source.running_runs > 0 ? counted(source.running_runs, "run") : "idle";
  return {
    name: source.name,
    short: source.name,
    figure: "",
    line: `${runs} · ${rate(source.requests_per_minute)} req/min`,
    trouble: source.failing_jobs > 0 ? `${counted(source.failing_jobs, "job")} failing` : null,
    href: `/jobs?source=${encodeURIComponent(source.name)}`,
  };
}

function queueWords(queue: Of<"queue">, now: number): Words {
  const age = queue.oldest_seconds === null ? "" : ` · oldest ${roughly(queue.oldest_seconds)}`;
  const stuck = queue.stuck_since ? `stuck for ${roughly(between(queue.stuck_since, now))}` : null;
  const dead = queue.dead > 0 ? `${compact(queue.dead)} given up` : null;
  return {
    name: queue.queue.replace(/^etl\./, ""),
    short: queue.stage,
    figure: compact(queue.waiting),
    line: `${compact(queue.per_minute)}/min${age}`,
    trouble: stuck ?? dead,
    href: `#${queueAnchor(queue.queue)}`,
  };
}

function transformWords(transform: Of<"transform">): Words {
  const { trial, dead_letters: dead } = transform;
  const tried = trial ? ` · ${trial.kind} ${trial.version}${trial.percent ? ` ${trial.percent}%` : ""}` : "";
  return {
    name: transform.entity,
    short: transform.entity.replace(`${transform.source}_`, ""),
    figure: "",
    line: `${transform.version}${tried} · ${rate(transform.records_per_minute)}/min`,
    trouble: dead > 0 ? `${compact(dead)} dead` : null,
    href: `/plugins/${encodeURIComponent(transform.plugin)}`,
  };
}

function rate(perMinute: number | null): string {
  return perMinute === null ? "–" : compact(perMinute);
}

export function queueAnchor(queue: string): string {
  return `queue-${queue.replaceAll(".", "-")}`;
}
