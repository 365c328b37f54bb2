import { Pause, Pencil, Play, PlugZap, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { useList } from "../../api/list";
import { useResource } from "../../api/resource";
import { may } from "../../api/session";
import type { Integration, TestResult } from "../../api/sources";
import type { Job } from "../../api/work";
import { ActionButton } from "../../parts/action";
import { State, Tag } from "../../parts/badge";
import { Facts } from "../../parts/facts";
import { Icon } from "../../parts/icon";
import { ListTable } from "../../parts/list";
import { Loaded } from "../../parts/loaded";
import { Page, Section } from "../../parts/page";
import { Problem } from "../../parts/problem";
import { When } from "../../parts/time";
import { every } from "../../text/times";
import { valueText } from "../../text/words";
import { Next } from "../jobs/next";
import { Tested } from "./tested";

export function IntegrationPage({ params }: { params: { id: string } }) {
  const path = `/integrations/${encodeURIComponent(params.id)}`;
  const integration = useResource<Integration>(path, {}, ["integrations"]);
  const [tested, setTested] = useState<TestResult | null>(null);
  const testing = useAction();
  const current = integration.data;
  const admin = current !== null && may("admin", current.tenant);
  const test = () => testing.run(async () => setTested(await send<TestResult>("POST", `${path}/test`)));
  return (
    <Page
      title={current?.name ?? "Integration"}
      up={{ href: "/integrations", label: "Integrations" }}
      beside={current && <State of={current.paused ? "paused" : "active"} />}
      actions={
        admin && (
          <>
            <button type="button" disabled={testing.busy} onClick={() => void test()}>
              <Icon of={PlugZap} />
              Test the connection
            </button>
            <a class="button" href={`${path}/edit`}>
              <Icon of={Pencil} />
              Change
            </a>
            <Actions integration={current} path={path} done={integration.reload} />
          </>
        )
      }
    >
      <Problem error={testing.error} />
      <Tested result={tested} busy={testing.busy} />
      <Loaded of={integration}>{(integration) => <Detail integration={integration} />}</Loaded>
    </Page>
  );
}

function Actions({ integration, path, done }: { integration: Integration; path: string; done: () => void }) {
  const { route } = useLocation();
  const { paused } = integration;
  return (
    <>
      <ActionButton
        label={paused ? "Resume" : "Pause"}
        icon={paused ? Play : Pause}
        run={() => send("PATCH", path, { paused: !paused })}
        done={
          paused ? "Its jobs are on their schedules again" : "None of its jobs starts until it is resumed"
        }
        then={done}
      />
      <ActionButton
        label="Remove"
        icon={Trash2}
        kind="danger"
        ask="The integration goes with its jobs, its runs, its credential and all that was read by it."
        run={() => send("DELETE", path)}
        done="The integration is removed"
        then={() => route("/integrations", true)}
      />
    </>
  );
}

function Detail({ integration }: { integration: Integration }) {
  const jobs = useList<Job>("/jobs", { integration: integration.id }, ["jobs", "runs"]);
  return (
    <>
      <Section title="What it reads">
        <Facts
          of={[
            ["Source", integration.source],
            ["Tenant", <bdi key="tenant">{integration.tenant}</bdi>],
            ["Reads", <bdi key="scope">{integration.scope.join(", ")}</bdi>],
            [
              "Address",
              <bdi key="address" class="break">
                {integration.base_url}
              </bdi>,
            ],
            [
              "Credential",
              integration.has_credential ? <Tag tone="good">kept, encrypted</Tag> : <Tag>none</Tag>,
            ],
            ["Added", <When key="added" at={integration.created_at} />],
            ...Object.entries(integration.settings ?? {}).map(
              ([name, value]): [string, preact.ComponentChildren] => [
                name,
                <bdi key={name}>{valueText(value)}</bdi>,
              ],
            ),
          ]}
        />
      </Section>
      <Section title="Jobs">
        <ListTable
          of={jobs}
          label="Jobs of this integration"
          id={(job) => job.id}
          empty={<p>It has no jobs.</p>}
          columns={[
            { head: "Job", main: true, cell: (job) => <a href={`/jobs/${job.id}`}>{job.stream}</a> },
            { head: "State", cell: (job) => <State of={job.state} /> },
            { head: "Schedule", cell: (job) => every(job.every_minutes) },
            { head: "Next run", cell: (job) => <Next job={job} /> },
            { head: "Last success", cell: (job) => <When at={job.succeeded_at} none="never" /> },
          ]}
        />
      </Section>
    </>
  );
}
