import type { Figure } from "../../api/plugins";
import { useResource } from "../../api/resource";
import { Chart, type Series } from "../../parts/chart";
import { Loaded } from "../../parts/loaded";
import { Table } from "../../parts/table";
import { bytes, compact, count } from "../../text/numbers";
import { shortDigest } from "../../text/words";
import { type Done, perMinute, sums } from "./done";

const TONES = ["busy", "good", "warn", "bad"] as const;

/** What each version did within the hour. */
export function WorkDone({ plugin }: { plugin: string }) {
  const path = `/plugins/${encodeURIComponent(plugin)}/figures`;
  const figures = useResource<{ items: Figure[] }>(path, { minutes: 60 }, ["runs"]);
  return <Loaded of={figures}>{({ items }) => <Shown items={items} />}</Loaded>;
}

function Shown({ items }: { items: Figure[] }) {
  if (items.length === 0) return <p class="dim">No records have come within the hour.</p>;
  const done = sums(items);
  const { times, values } = perMinute(items, done);
  const series: Series[] = done.slice(0, TONES.length).map((one, at) => ({
    label: `${one.version} ${shortDigest(one.digest)}`,
    tone: TONES[at] ?? "busy",
    values: values[at] ?? [],
  }));
  return (
    <>
      {times.length > 1 && (
        <Chart label="Records a minute, by version" times={times} series={series} format={compact} />
      )}
      <DoneTable done={done} />
    </>
  );
}

function DoneTable({ done }: { done: Done[] }) {
  return (
    <Table
      label="What versions did within the hour"
      rows={done}
      id={(row) => row.digest}
      columns={[
        { head: "Version", main: true, cell: (row) => row.version },
        { head: "Records", number: true, cell: (row) => count(row.records) },
        { head: "Records a second", number: true, cell: (row) => rate(row.perSecond) },
        { head: "Time a record", number: true, cell: (row) => time(row.micros) },
        { head: "Memory", number: true, cell: (row) => bytes(row.memory) },
        { head: "Rejected", number: true, cell: (row) => bad(row.rejected) },
        { head: "Trapped", number: true, cell: (row) => bad(row.trapped) },
      ]}
    />
  );
}

function rate(value: number | null) {
  return value === null ? "–" : compact(value);
}

function time(micros: number | null) {
  return micros === null ? "–" : `${micros.toFixed(0)} µs`;
}

function bad(value: number) {
  return value > 0 ? <b class="bad">{count(value)}</b> : <span class="dim">0</span>;
}
