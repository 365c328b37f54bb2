import { history } from "../../api/history";
import { Chart } from "../../parts/chart";
import { Section } from "../../parts/page";
import { compact } from "../../text/numbers";

const ENOUGH = 3;

/** How the queues have stood since the page was opened. */
export function Trend() {
  const moments = history.value;
  if (moments.length < ENOUGH) return null;
  return (
    <Section title="Since this page was opened">
      <Chart
        label="Waiting tasks, and tasks a minute, since this page was opened"
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
