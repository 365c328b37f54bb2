import { useLocation } from "preact-iso";
import type { DeadLetterDetail } from "../../api/letters";
import { useResource } from "../../api/resource";
import { Facts } from "../../parts/facts";
import { Sent } from "../../parts/json";
import { Loaded } from "../../parts/loaded";
import { Page, Section } from "../../parts/page";
import { Moment } from "../../parts/time";
import { shortDigest } from "../../text/words";
import { LetterActions } from "./actions";
import { DryRunOf } from "./dry-run";
import { groupPath } from "./group-path";

export function LetterPage({ params }: { params: { id: string } }) {
  const letter = useResource<DeadLetterDetail>(`/dead-letters/${encodeURIComponent(params.id)}`, {}, [
    "dead_letters",
  ]);
  const { route } = useLocation();
  const current = letter.data;
  const group = current && groupPath(current);
  return (
    <Page
      title={`Dead letter ${params.id}`}
      up={{ href: group ?? "/dead-letters", label: group ? "Others like it" : "Dead letters" }}
      actions={
        current && (
          <>
            <LetterActions
              of={{ ids: [current.id] }}
              what="it"
              tenant={current.tenant}
              done={() => route("/dead-letters", true)}
            />
            {current.plugin && (
              <DryRunOf letters={{ ids: [current.id] }} plugin={current.plugin} tenant={current.tenant} />
            )}
          </>
        )
      }
    >
      <Loaded of={letter}>{(letter) => <Detail letter={letter} />}</Loaded>
    </Page>
  );
}

function Detail({ letter }: { letter: DeadLetterDetail }) {
  return (
    <>
      <Section title="What went wrong">
        <p class="error-text">
          <bdi class="message">{letter.error}</bdi>
        </p>
        <Facts
          of={[
            ["Where", letter.path ? <code>{letter.path}</code> : "–"],
            ["Plugin", letter.plugin ? <PluginLink letter={letter} /> : "–"],
            ["Digest", letter.digest ? <code title={letter.digest}>{shortDigest(letter.digest)}</code> : "–"],
            ["Record", <bdi key="record">{letter.external_id ?? "–"}</bdi>],
            ["Stream", <code key="stream">{letter.stream}</code>],
            ["Raw record", letter.raw ?? "–"],
            ["Run", letter.run ? <a href={`/runs/${letter.run}`}>{letter.run}</a> : "–"],
            [
              "Integration",
              <a key="integration" href={`/integrations/${letter.integration_id}`}>
                <bdi>{letter.integration}</bdi>
              </a>,
            ],
            ["Tenant", <bdi key="tenant">{letter.tenant}</bdi>],
            ["When", <Moment key="when" at={letter.created_at} />],
          ]}
        />
      </Section>
      <Section title="Payload">
        <Sent text={letter.payload_text} label="As the service sent it" />
      </Section>
    </>
  );
}

function PluginLink({ letter }: { letter: DeadLetterDetail }) {
  return (
    <>
      <a href={`/plugins/${encodeURIComponent(letter.plugin ?? "")}`}>{letter.plugin}</a> {letter.version}
    </>
  );
}
