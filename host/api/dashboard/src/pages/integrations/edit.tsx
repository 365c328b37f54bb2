import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { useResource } from "../../api/resource";
import { may } from "../../api/session";
import type { Integration, Source, TestResult } from "../../api/sources";
import { Loaded } from "../../parts/loaded";
import { Page } from "../../parts/page";
import { Problem } from "../../parts/problem";
import { changeBody, type Draft, draftOf, FIELDS } from "./draft";
import { ServiceFields, SettingFields } from "./fields";
import { settingsOf } from "./schema";
import { useSources } from "./sources";
import { Tested } from "./tested";

/** Changes what an integration reads, its settings and its token. */
export function EditIntegrationPage({ params }: { params: { id: string } }) {
  const path = `/integrations/${encodeURIComponent(params.id)}`;
  const integration = useResource<Integration>(path);
  const sources = useSources();
  return (
    <Page
      title={`Change ${integration.data?.name ?? "an integration"}`}
      up={{ href: path, label: "Integration" }}
    >
      <Loaded of={integration}>
        {(current) => (
          <Loaded of={sources}>
            {({ items }) => {
              const source = items.find((one) => one.name === current.source);
              if (!source) return <div class="empty">This host has no source {current.source}.</div>;
              if (!may("admin", current.tenant))
                return <div class="empty">An admin of the tenant may change it.</div>;
              return <EditForm path={path} integration={current} source={source} />;
            }}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

interface Props {
  path: string;
  integration: Integration;
  source: Source;
}

function EditForm({ path, integration, source }: Props) {
  const settings = settingsOf(source.settings);
  const [draft, setDraft] = useState<Draft>(() => draftOf(integration, settings));
  const [tested, setTested] = useState<TestResult | null>(null);
  const testing = useAction();
  const saving = useAction();
  const { route } = useLocation();
  const error = saving.error ?? testing.error;
  const body = () => changeBody(draft, integration, settings);

  const change = (changes: Partial<Draft>) => {
    setDraft({ ...draft, ...changes });
    setTested(null);
  };
  const test = (event: MouseEvent) => {
    const form = event.currentTarget instanceof HTMLButtonElement ? event.currentTarget.form : null;
    if (!form?.reportValidity()) return;
    saving.reset();
    void testing.run(async () => setTested(await send<TestResult>("POST", `${path}/test`, body())));
  };
  const save = (event: Event) => {
    event.preventDefault();
    testing.reset();
    void saving.run(async () => {
      await send<Integration>("PATCH", path, body());
      route(path);
    }, "The integration is changed: its next runs go by it");
  };
  const known = [...FIELDS, ...settings.map((setting) => setting.name)];
  const tokenHint = integration.has_credential
    ? "Left empty, the one that is kept stays. Another address needs it again."
    : "It is kept encrypted, and shown to nobody.";
  return (
    <form class="form" onSubmit={save}>
      <ServiceFields source={source} draft={draft} change={change} error={error} tokenHint={tokenHint} />
      <SettingFields source={source} settings={settings} draft={draft} change={change} error={error} />
      <Problem error={error} known={known} />
      <Tested result={tested} busy={testing.busy} />
      <div class="actions">
        <button type="button" disabled={testing.busy || saving.busy} onClick={test}>
          Test the connection
        </button>
        <button type="submit" class="primary" disabled={testing.busy || saving.busy}>
          Save
        </button>
      </div>
    </form>
  );
}
