import { Table } from "../../parts/table";
import { bytes, compact, count } from "../../text/numbers";
import type { Measure } from "./measure";

/** What versions did and cost, in figures. */
export function MeasureTable({ rows }: { rows: Measure[] }) {
  return (
    <Table
      label="Figures by version"
      rows={rows.map((row, index) => ({ ...row, index }))}
      id={(row) => row.index}
      columns={[
        { head: "Version", main: true, cell: (row) => row.version },
        { head: "Records", number: true, cell: (row) => count(row.records) },
        { head: "Records a second", number: true, cell: (row) => orNone(row.perSecond, compact) },
        {
          head: "Time a record",
          number: true,
          cell: (row) => orNone(row.micros, (it) => `${it.toFixed(0)} µs`),
        },
        { head: "Memory", number: true, cell: (row) => bytes(row.memory) },
        { head: "Rejected", number: true, cell: (row) => bad(row.rejected) },
        { head: "Trapped", number: true, cell: (row) => bad(row.trapped) },
      ]}
    />
  );
}

function orNone(value: number | null, shown: (value: number) => string): string {
  return value === null ? "–" : shown(value);
}

function bad(value: number) {
  return value > 0 ? <b class="bad">{count(value)}</b> : <span class="dim">0</span>;
}
