import { useState } from "preact/hooks";
import type { Figure } from "../../api/plugins";
import { useResource } from "../../api/resource";
import { Chart } from "../../parts/chart";
import { Section } from "../../parts/page";
import { Problem } from "../../parts/problem";
import { compact } from "../../text/numbers";
import { perMinute, totals } from "./figures";
import { MeasureTable } from "./measures";

const SPANS: [minutes: number, words: string][] = [
  [60, "the last hour"],
  [360, "the last 6 hours"],
  [2_880, "the last 2 days"],
];
const TONES = ["busy", "good", "warn", "bad"] as const;

/** What the versions of a plugin really did, minute by minute. */
export function FiguresOf({ plugin }: { plugin: string }) {
  const [minutes, setMinutes] = useState(60);
  const path = `/plugins/${encodeURIComponent(plugin)}/figures`;
  const figures = useResource<{ items: Figure[] }>(path, { minutes }, ["plugins", "tables", "queues"]);
  const span = (
    <select
      aria-label="Of how long"
      value={minutes}
      onChange={(event) => setMinutes(Number(event.currentTarget.value))}
    >
      {SPANS.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
  return (
    <Section title="Figures by version" beside={span}>
      <Problem error={figures.error} retry={figures.reload} />
      {figures.data && <Shown items={figures.data.items} />}
    </Section>
  );
}

function Shown({ items }: { items: Figure[] }) {
  if (items.length === 0) return <p class="dim">No version has mapped a record in this time.</p>;
  const { times, lines } = perMinute(items);
  return (
    <>
      <MeasureTable rows={totals(items)} />
      {times.length > 1 && (
        <Chart
          label="Records a minute, by version"
          times={times}
          series={lines.map(({ version, values }, index) => ({
            label: `Records a minute, ${version}`,
            tone: TONES[index % TONES.length] ?? "busy",
            values,
          }))}
          format={compact}
        />
      )}
    </>
  );
}
