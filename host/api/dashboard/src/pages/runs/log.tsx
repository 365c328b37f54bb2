import type { RunDetail } from "../../api/work";
import { Section } from "../../parts/page";
import { Table } from "../../parts/table";
import { Moment } from "../../parts/time";
import { counted } from "../../text/numbers";
import { linesOf } from "./lines";

/** What a run had to say: when it began and ended, what it waited for or tried again,
 * what went wrong, and what it left out. */
export function Log({ run }: { run: RunDetail }) {
  return (
    <>
      <Section title="Log">
        <Table
          label="Log"
          rows={linesOf(run).map((line, index) => ({ ...line, index }))}
          id={(line) => line.index}
          columns={[
            { head: "When", cell: (line) => <Moment at={line.at} /> },
            { head: "What", main: true, cell: (line) => <bdi class="message">{line.message}</bdi> },
            {
              head: "Again",
              cell: (line) =>
                line.times > 1 && (
                  <>
                    {counted(line.times, "time")}, last <Moment at={line.last} />
                  </>
                ),
            },
          ]}
        />
      </Section>
      {run.skipped.length > 0 && (
        <Section title="Left out">
          <Table
            label="Left out"
            rows={run.skipped.map((skipped, index) => ({ ...skipped, index }))}
            id={(skipped) => skipped.index}
            columns={[
              { head: "What", main: true, cell: (skipped) => <bdi>{skipped.what}</bdi> },
              { head: "Why", cell: (skipped) => <bdi>{skipped.reason}</bdi> },
            ]}
          />
        </Section>
      )}
    </>
  );
}
