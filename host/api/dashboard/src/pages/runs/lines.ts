import type { RunDetail } from "../../api/work";

/** A line of a run's log. */
export interface Line {
  at: string;
  message: string;
  times: number;
  last: string;
}

/** The log of a run, the earliest first. */
export function linesOf(run: RunDetail): Line[] {
  const once = (at: string | null, message: string): Line[] =>
    at ? [{ at, message, times: 1, last: at }] : [];
  const between = [
    ...run.notes.map((note) => ({
      at: note.first_at,
      message: note.message,
      times: note.times,
      last: note.last_at,
    })),
    ...run.problems.flatMap(({ at, message }) => once(at, message)),
  ];
  return [
    ...once(run.created_at, "asked for"),
    ...once(run.started_at, "begun"),
    // Of one form and to the microsecond, so that the text's order is that of time.
    ...between.sort((one, other) => (one.at < other.at ? -1 : 1)),
    ...once(run.finished_at, run.state),
  ];
}
