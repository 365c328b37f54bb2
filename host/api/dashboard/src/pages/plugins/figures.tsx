import type { Trial } from "../../api/plugins";
import { Table } from "../../parts/table";
import { bytes, compact, count } from "../../text/numbers";
import { type Measure, measures } from "./measure";

/** What the versions cost, as the trials have measured it. */
export function FigureTable({ trials }: { trials: Trial[] }) {
  return <MeasureTable rows={measures(trials)} />;
}

export function MeasureTable({ rows }: { rows: Measure[] }) {
  if (rows.length === 0) return <p class="dim">No records have come yet.</p>;
  return (
    <Table
      label="Figures by version"
      rows={rows}
      id={(row) => `${row.trial} ${row.version}`}
      columns={[
        { head: "Version", main: true, cell: (row) => row.version },
        { head: "Records", number: true, cell: (row) => count(row.records) },
        {
          head: "Records a second",
          number: true,
          cell: (row) => (row.perSecond === null ? "–" : compact(row.perSecond)),
        },
        {
          head: "Time a record",
          number: true,
          cell: (row) => (row.micros === null ? "–" : `${row.micros.toFixed(0)} µs`),
        },
        { head: "Memory", number: true, cell: (row) => bytes(row.memory) },
        { head: "Skipped", number: true, cell: (row) => count(row.skipped) },
        { head: "Rejected", number: true, cell: (row) => bad(row.rejected) },
        { head: "Trapped", number: true, cell: (row) => bad(row.failed) },
      ]}
    />
  );
}

function bad(value: number) {
  return value > 0 ? <b class="bad">{count(value)}</b> : <span class="dim">0</span>;
}
