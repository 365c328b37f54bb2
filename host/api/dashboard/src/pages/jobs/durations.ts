import type { Run } from "../../api/work";
import { between } from "../../text/times";

export interface Durations {
  /** When each run started, in seconds since 1970, oldest first. */
  times: number[];
  succeeded: (number | null)[];
  others: (number | null)[];
}

/** How long the runs took that have ended. */
export function durations(runs: Run[]): Durations {
  const ended = runs
    .flatMap(({ started_at: from, finished_at: to, state }) =>
      from && to
        ? [{ at: Date.parse(from) / 1000, took: between(from, to), good: state === "succeeded" }]
        : [],
    )
    .sort((one, other) => one.at - other.at);
  return {
    times: ended.map((run) => run.at),
    succeeded: ended.map((run) => (run.good ? run.took : null)),
    others: ended.map((run) => (run.good ? null : run.took)),
  };
}
