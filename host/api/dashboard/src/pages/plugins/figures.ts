import type { Figure } from "../../api/plugins";
import { type Measure, measure } from "./measure";

/** What each version did in all these minutes. */
export function totals(figures: Figure[]): Measure[] {
  const versions = [...new Set(figures.map((figure) => figure.version))].sort();
  return versions.map((version) => {
    const own = figures.filter((figure) => figure.version === version);
    const sum = (part: (figure: Figure) => number) => own.reduce((total, figure) => total + part(figure), 0);
    const counted = {
      records: sum((figure) => figure.records),
      rejected: sum((figure) => figure.rejected),
      trapped: sum((figure) => figure.trapped),
      memory: Math.max(...own.map((figure) => figure.memory)),
    };
    return measure(
      version,
      counted,
      sum((figure) => figure.seconds),
    );
  });
}

export interface Lines {
  /** Each minute, in seconds since 1970. */
  times: number[];
  lines: { version: string; values: number[] }[];
}

const MINUTE = 60;

/** How many records each version had in each minute. A minute that nothing is told of had none. */
export function perMinute(figures: Figure[]): Lines {
  const of = ({ minute }: Figure) => Math.floor(Date.parse(minute) / 1000 / MINUTE) * MINUTE;
  const minutes = figures.map(of);
  const [from, to] = [Math.min(...minutes), Math.max(...minutes)];
  const times: number[] = [];
  for (let time = from; time <= to; time += MINUTE) times.push(time);
  const lines = totals(figures).map(({ version }) => {
    const values = times.map(() => 0);
    for (const figure of figures) {
      const index = (of(figure) - from) / MINUTE;
      if (figure.version === version) values[index] = (values[index] ?? 0) + figure.records;
    }
    return { version, values };
  });
  return { times, lines };
}
