import type { RunDetail } from "../../api/work";
import { Section } from "../../parts/page";
import { Table } from "../../parts/table";
import { Moment } from "../../parts/time";

/** What a run had to say: what went wrong, and what it left out. */
export function Log({ run }: { run: RunDetail }) {
  return (
    <>
      <Section title="Log">
        {run.problems.length === 0 ? (
          <p class="dim">Nothing went wrong.</p>
        ) : (
          <Table
            label="Log"
            rows={run.problems.map((problem, index) => ({ ...problem, index }))}
            id={(problem) => problem.index}
            columns={[
              { head: "When", cell: (problem) => <Moment at={problem.at} /> },
              { head: "What", main: true, cell: (problem) => <bdi class="message">{problem.message}</bdi> },
            ]}
          />
        )}
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
