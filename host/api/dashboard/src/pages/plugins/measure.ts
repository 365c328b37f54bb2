import type { Work } from "../../api/plugins";

/** What a version did, and what that cost. */
export interface Measure {
  version: string;
  records: number;
  /** Records in a second of its own work. */
  perSecond: number | null;
  micros: number | null;
  memory: number;
  rejected: number;
  trapped: number;
}

type Counted = Pick<Measure, "records" | "memory" | "rejected" | "trapped">;

export function measure(version: string, counted: Counted, seconds: number): Measure {
  const known = seconds > 0 && counted.records > 0;
  return {
    version,
    ...counted,
    perSecond: known ? counted.records / seconds : null,
    micros: known ? (seconds * 1_000_000) / counted.records : null,
  };
}

/** What one of two versions did that were compared. */
export function measureOfWork(version: string, records: number, work: Work): Measure {
  const { memory, rejected, failed } = work;
  return measure(version, { records, memory, rejected, trapped: failed }, work.micros / 1_000_000);
}
