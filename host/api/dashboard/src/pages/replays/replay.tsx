import { Pause, Play, Square } from "lucide";
import { send } from "../../api/client";
import { useResource } from "../../api/resource";
import { may } from "../../api/session";
import type { Replay } from "../../api/work";
import { ActionButton } from "../../parts/action";
import { State } from "../../parts/badge";
import { Facts, Figures } from "../../parts/facts";
import { Loaded } from "../../parts/loaded";
import { Page, Section } from "../../parts/page";
import { Progress } from "../../parts/progress";
import { Table } from "../../parts/table";
import { Moment } from "../../parts/time";
import { compact, count } from "../../text/numbers";
import { mappedBy } from "./mapped-by";

export function ReplayPage({ params }: { params: { id: string } }) {
  const replay = useResource<Replay>(`/replays/${encodeURIComponent(params.id)}`, {}, ["replays"]);
  const current = replay.data;
  return (
    <Page
      title={`Replay ${params.id}`}
      up={{ href: "/replays", label: "Replays" }}
      beside={current && <State of={current.state} />}
      actions={
        current && may("operator", current.tenant) && <Actions replay={current} done={replay.reload} />
      }
    >
      <Loaded of={replay}>{(replay) => <Detail replay={replay} />}</Loaded>
    </Page>
  );
}

function Actions({ replay, done }: { replay: Replay; done: () => void }) {
  if (replay.finished_at !== null) return null;
  const post = (word: string) => () => send("POST", `/replays/${replay.id}/${word}`);
  const paused = replay.state === "paused";
  return (
    <>
      {paused ? (
        <ActionButton
          label="Resume"
          icon={Play}
          kind="primary"
          run={post("resume")}
          done="It goes on"
          then={done}
        />
      ) : (
        <ActionButton label="Pause" icon={Pause} run={post("pause")} done="It is paused" then={done} />
      )}
      <ActionButton
        label="Cancel"
        icon={Square}
        kind="danger"
        ask="The rest is not mapped again. Rows that were loaded stay as they are."
        run={post("cancel")}
        done="The replay is given up"
        then={done}
      />
    </>
  );
}

function Detail({ replay }: { replay: Replay }) {
  const { total, done, dead } = replay;
  const mapped = total === 0 ? null : done / total;
  return (
    <>
      {replay.finished_at === null && (
        <Progress
          label="How far the replay is"
          done={mapped}
          now={mapped === 1 && "all mapped, being loaded"}
        />
      )}
      <Figures
        of={[
          ["Records", compact(total)],
          ["Queued", compact(replay.queued)],
          ["Mapped", compact(done)],
          ["Loaded", compact(replay.loaded)],
          ["Unchanged", compact(replay.unchanged)],
          ["Dead", compact(dead), dead > 0 ? "bad" : ""],
        ]}
      />
      <Section title="What it is">
        <Facts
          of={[
            ["Records of", <code key="entity">{replay.entity}</code>],
            ["Source", replay.source],
            ["Mapped by", mappedBy(replay)],
            ["Tenant", replay.tenant ? <bdi>{replay.tenant}</bdi> : "all"],
            ["Read since", <Moment key="since" at={replay.since} />],
            ["Read until", <Moment key="until" at={replay.until} />],
            ["Asked for", <Moment key="created" at={replay.created_at} />],
            ["Ended", <Moment key="ended" at={replay.finished_at} />],
          ]}
        />
      </Section>
      <Section title="By integration">
        <Table
          label="By integration"
          rows={replay.parts}
          id={(part) => part.run}
          columns={[
            { head: "Run", main: true, cell: (part) => <a href={`/runs/${part.run}`}>{part.run}</a> },
            { head: "State", cell: (part) => <State of={part.state} /> },
            { head: "Integration", cell: (part) => <bdi>{part.integration}</bdi> },
            { head: "Tenant", cell: (part) => <bdi>{part.tenant}</bdi> },
            { head: "Records", number: true, cell: (part) => count(part.total) },
            { head: "Queued", number: true, cell: (part) => count(part.queued) },
            { head: "Mapped", number: true, cell: (part) => count(part.done) },
          ]}
        />
      </Section>
    </>
  );
}
