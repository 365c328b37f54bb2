import { history } from "../../api/history";
import { Chart } from "../../parts/chart";
import { Section } from "../../parts/page";
import { compact } from "../../text/numbers";

const ENOUGH = 3;

/** How the queues have stood of late, as far as this page has seen it. */
export function Trend() {
  const moments = history.value;
  if (moments.length < ENOUGH) return null;
  return (
    <Section title="Seen here in the last 15 minutes">
      <Chart
        label="Waiting tasks, and tasks a minute, as seen here in the last 15 minutes"
        times={moments.map((moment) => moment.at)}
        series={[
          { label: "Waiting tasks", tone: "warn", values: moments.map((moment) => moment.waiting) },
          { label: "Tasks a minute", tone: "busy", values: moments.map((moment) => moment.perMinute) },
        ]}
        format={compact}
      />
    </Section>
  );
}
