import { useLocation } from "preact-iso";
import { send } from "../../api/client";
import type { Trial } from "../../api/plugins";
import { useResource } from "../../api/resource";
import { may } from "../../api/session";
import { ActionButton } from "../../parts/action";
import { State } from "../../parts/badge";
import { Facts } from "../../parts/facts";
import { Loaded } from "../../parts/loaded";
import { Page, Section } from "../../parts/page";
import { Moment, When } from "../../parts/time";
import { ReportView } from "./report";

export function TrialPage({ params }: { params: { id: string } }) {
  const trial = useResource<Trial>(`/trials/${encodeURIComponent(params.id)}`, {}, ["trials"]);
  const current = trial.data;
  return (
    <Page
      title={current ? `${current.kind} of ${current.plugin} ${current.version}` : `Trial ${params.id}`}
      up={
        current
          ? { href: `/plugins/${encodeURIComponent(current.plugin)}`, label: current.plugin }
          : { href: "/plugins", label: "Plugins" }
      }
      beside={current && <State of={current.state} />}
      actions={current?.state === "running" && may("admin", current.tenant) && <Actions trial={current} />}
    >
      <Loaded of={trial}>{(trial) => <Detail trial={trial} />}</Loaded>
    </Page>
  );
}

function Actions({ trial }: { trial: Trial }) {
  const { route } = useLocation();
  const plugin = `/plugins/${encodeURIComponent(trial.plugin)}`;
  // One that another has begun meanwhile for the same tenants is not meant.
  const meant = { trial: trial.id, ...(trial.tenant && { tenant: trial.tenant }) };
  return (
    <>
      <ActionButton
        label="Make it the active one"
        kind="primary"
        ask={`From the next batch on, ${trial.plugin} ${trial.version} maps every record.`}
        run={() => send("POST", `${plugin}/activate`, { version: trial.version, ...meant })}
        done="It is active"
        then={() => route(plugin)}
      />
      <ActionButton
        label="Break it off"
        kind="danger"
        ask="The trial ends, and what is active stays."
        run={() => send("POST", `${plugin}/rollback`, meant)}
        done="The trial is broken off"
        then={() => route(plugin)}
      />
    </>
  );
}

function Detail({ trial }: { trial: Trial }) {
  const limit = (value: number | null) => (value === null ? "no limit" : `${value} %`);
  return (
    <>
      <Facts
        of={[
          trial.reason !== null && ["Why it ended", <bdi key="reason">{trial.reason}</bdi>],
          trial.kind === "canary" && ["Share of the records", `${trial.percent} %`],
          ["For", trial.tenant ? <bdi>{trial.tenant}</bdi> : "every tenant"],
          ["Ends at broken records of", limit(trial.limits.errors)],
          ["Ends at differences of", limit(trial.limits.differences)],
          ["Began", <When key="began" at={trial.started_at} />],
          trial.ended_at !== null && ["Ended", <Moment key="ended" at={trial.ended_at} />],
        ]}
      />
      <Section title="What it has found">
        <ReportView report={trial.report} old="active" now={trial.version} />
      </Section>
    </>
  );
}
