import { useList } from "../../api/list";
import { mayAnywhere } from "../../api/session";
import type { Replay } from "../../api/work";
import { State } from "../../parts/badge";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";
import { When } from "../../parts/time";
import { compact } from "../../text/numbers";
import { mappedBy } from "./mapped-by";
import { NewReplay } from "./new";

const COLUMNS: Column<Replay>[] = [
  { head: "Replay", main: true, cell: (replay) => <a href={`/replays/${replay.id}`}>{replay.id}</a> },
  { head: "State", cell: (replay) => <State of={replay.state} /> },
  { head: "Records of", cell: (replay) => <code>{replay.entity}</code> },
  { head: "Tenant", cell: (replay) => (replay.tenant ? <bdi>{replay.tenant}</bdi> : "all") },
  { head: "Mapped by", cell: (replay) => mappedBy(replay) },
  { head: "Records", number: true, cell: (replay) => compact(replay.total) },
  { head: "Loaded", number: true, cell: (replay) => compact(replay.loaded) },
  { head: "Dead", number: true, cell: (replay) => compact(replay.dead) },
  { head: "Asked for", cell: (replay) => <When at={replay.created_at} /> },
];

export function ReplaysPage() {
  const replays = useList<Replay>("/replays", {}, ["replays"]);
  return (
    <Page title="Replays" actions={mayAnywhere("operator") && <NewReplay done={replays.refresh} />}>
      <p class="lead">What was read is mapped and loaded again, without asking the service.</p>
      <ListTable
        of={replays}
        label="Replays"
        columns={COLUMNS}
        id={(replay) => replay.id}
        empty={
          <>
            <h2>Nothing was replayed yet</h2>
            <p>A replay fills the columns that a new version of a plugin adds.</p>
          </>
        }
      />
    </Page>
  );
}
