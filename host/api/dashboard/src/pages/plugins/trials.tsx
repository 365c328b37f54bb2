import type { List } from "../../api/list";
import type { Trial } from "../../api/plugins";
import { State } from "../../parts/badge";
import { ListTable } from "../../parts/list";
import { When } from "../../parts/time";
import { count, share } from "../../text/numbers";

export function TrialTable({ trials }: { trials: List<Trial> }) {
  return (
    <ListTable
      of={trials}
      label="Trials"
      empty={<p class="dim">No version of it was tried.</p>}
      id={(trial) => trial.id}
      columns={[
        {
          head: "Trial",
          main: true,
          cell: (trial) => (
            <a href={`/trials/${trial.id}`}>
              {trial.kind} of {trial.version}
              {trial.kind === "canary" && ` at ${trial.percent}%`}
            </a>
          ),
        },
        { head: "State", cell: (trial) => <State of={trial.state} /> },
        { head: "Tenant", cell: (trial) => (trial.tenant ? <bdi>{trial.tenant}</bdi> : "every") },
        { head: "Records", number: true, cell: (trial) => count(trial.report.records) },
        {
          head: "Different",
          number: true,
          cell: (trial) => share(trial.report.different, trial.report.records),
        },
        { head: "Broken", number: true, cell: (trial) => share(trial.report.broken, trial.report.records) },
        { head: "Began", cell: (trial) => <When at={trial.started_at} /> },
      ]}
    />
  );
}
