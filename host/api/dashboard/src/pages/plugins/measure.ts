import type { Trial, Work } from "../../api/plugins";

/** What one version did in one trial. */
export interface Measure {
  trial: number;
  version: string;
  records: number;
  /** Records in a second of its own work. */
  perSecond: number | null;
  micros: number | null;
  memory: number;
  skipped: number;
  rejected: number;
  failed: number;
}

/** The figures of the tried version and of the one that was active beside it. */
export function measures(trials: Trial[]): Measure[] {
  return trials.flatMap(({ id, version, report }) =>
    report.records === 0
      ? []
      : [
          measure(id, version, report.records, report.new),
          measure(id, "active beside it", report.records, report.old),
        ],
  );
}

export function measure(trial: number, version: string, records: number, work: Work): Measure {
  const known = work.micros > 0 && records > 0;
  return {
    trial,
    version,
    records,
    perSecond: known ? (records * 1_000_000) / work.micros : null,
    micros: known ? work.micros / records : null,
    memory: work.memory,
    skipped: work.skipped,
    rejected: work.rejected,
    failed: work.failed,
  };
}
