import type { Figure } from "../../api/plugins";

/** What one version did in all of the minutes. */
export interface Done {
  version: string;
  digest: string;
  records: number;
  /** Records in a second of its own work. */
  perSecond: number | null;
  /** Microseconds that a record took. */
  micros: number | null;
  memory: number;
  rejected: number;
  trapped: number;
}

/** The sums by version, those with the most records first. */
export function sums(figures: Figure[]): Done[] {
  const digests = [...new Set(figures.map((figure) => figure.digest))];
  const of = (digest: string) => figures.filter((figure) => figure.digest === digest);
  return digests.map((digest) => sum(of(digest))).sort((a, b) => b.records - a.records);
}

function sum(figures: Figure[]): Done {
  const add = (of: (figure: Figure) => number) => figures.reduce((all, figure) => all + of(figure), 0);
  const records = add((figure) => figure.records);
  const seconds = add((figure) => figure.seconds);
  const known = records > 0 && seconds > 0;
  return {
    version: figures[0]?.version ?? "",
    digest: figures[0]?.digest ?? "",
    records,
    perSecond: known ? records / seconds : null,
    micros: known ? (seconds * 1_000_000) / records : null,
    memory: Math.max(...figures.map((figure) => figure.memory)),
    rejected: add((figure) => figure.rejected),
    trapped: add((figure) => figure.trapped),
  };
}

/** Records minute by minute, of each version: a minute without any is a zero. */
export function perMinute(figures: Figure[], done: Done[]) {
  const minute = (figure: Figure) => Date.parse(figure.minute) / 1000;
  const all = figures.map(minute);
  const times: number[] = [];
  for (let time = Math.min(...all); time <= Math.max(...all); time += 60) times.push(time);
  const values = done.map(({ digest }) => {
    const own = new Map(
      figures.filter((figure) => figure.digest === digest).map((figure) => [minute(figure), figure.records]),
    );
    return times.map((time) => own.get(time) ?? 0);
  });
  return { times, values };
}
