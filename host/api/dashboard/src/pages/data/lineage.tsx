import type { Lineage } from "../../api/data";
import { useResource } from "../../api/resource";
import { State } from "../../parts/badge";
import { CopyButton } from "../../parts/copy";
import { Facts } from "../../parts/facts";
import { useFilters } from "../../parts/filters";
import { Json, Sent } from "../../parts/json";
import { Loaded } from "../../parts/loaded";
import { Page, Section } from "../../parts/page";
import { Moment } from "../../parts/time";
import { moment } from "../../text/times";
import { shortDigest, valueText } from "../../text/words";

/** Where a row comes from: its raw record, the request, the run, the plugin. */
export function LineagePage({ params }: { params: { table: string; id: string } }) {
  const tenant = useFilters().get("tenant");
  const path = `/tables/${encodeURIComponent(params.table)}/rows/${encodeURIComponent(params.id)}/lineage`;
  const lineage = useResource<Lineage>(path, { tenant });
  const up = `/data/${encodeURIComponent(params.table)}${tenant && `?tenant=${encodeURIComponent(tenant)}`}`;
  return (
    <Page title={`Row ${params.id}`} up={{ href: up, label: params.table }}>
      <Loaded of={lineage}>{(lineage) => <Detail lineage={lineage} />}</Loaded>
    </Page>
  );
}

function Detail({ lineage }: { lineage: Lineage }) {
  return (
    <div class="lineage">
      <div>
        <Section title="The row">
          <Facts
            of={Object.entries(lineage.row)
              .filter(isColumn)
              .map(([name, value]) => [name, <Shown key={name} value={value} />])}
          />
        </Section>
      </div>
      <div>
        <Section title="Where it comes from">
          <Origin lineage={lineage} />
        </Section>
        {lineage.raw && (
          <Section title="The raw record">
            <Sent text={lineage.raw.payload_text} label="As the service sent it" />
            <Json value={lineage.raw.context} label="What it was read for" open={false} />
          </Section>
        )}
        <Section title="Earlier versions of the raw record">
          {lineage.versions.length === 0 && <p class="dim">None: it was read once.</p>}
          {lineage.versions.map((version) => (
            <Sent
              key={version.raw}
              text={version.payload_text}
              label={`Read ${moment(version.fetched_at)}`}
              open={false}
            />
          ))}
        </Section>
      </div>
    </div>
  );
}

function isColumn([name]: [string, unknown]): boolean {
  return !name.startsWith("_");
}

function Shown({ value }: { value: unknown }) {
  return value === null ? <span class="dim">–</span> : <bdi class="break">{valueText(value)}</bdi>;
}

function Origin({ lineage: { raw, request, run, plugin } }: { lineage: Lineage }) {
  return (
    <Facts
      of={[
        raw !== null && ["Raw record", raw.id],
        raw !== null && ["Stream", <code key="stream">{raw.stream}</code>],
        raw !== null && ["Record at the service", <bdi key="external">{raw.external_id ?? "–"}</bdi>],
        raw !== null && ["Read", <Moment key="fetched" at={raw.fetched_at} />],
        [
          "Request",
          request ? (
            <bdi key="request" class="break">
              {request.method} {request.url}
            </bdi>
          ) : (
            "not kept"
          ),
        ],
        [
          "Run",
          run ? (
            <>
              <a href={`/runs/${run.id}`}>{run.id}</a> <State of={run.state} />
            </>
          ) : (
            "–"
          ),
        ],
        [
          "Plugin",
          plugin?.name ? (
            <a href={`/plugins/${encodeURIComponent(plugin.name)}`}>
              {plugin.name} {plugin.version}
            </a>
          ) : (
            "–"
          ),
        ],
        [
          "Digest",
          plugin ? (
            <>
              <code title={plugin.digest}>{shortDigest(plugin.digest)}</code>
              <CopyButton text={plugin.digest} label="Copy the digest" />
            </>
          ) : (
            "–"
          ),
        ],
      ]}
    />
  );
}
