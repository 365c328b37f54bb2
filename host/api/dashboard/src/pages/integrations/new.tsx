import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { may, mayAnywhere } from "../../api/session";
import type { Integration, Source, TestResult } from "../../api/sources";
import { Field } from "../../parts/field";
import { Loaded } from "../../parts/loaded";
import { Page } from "../../parts/page";
import { Problem } from "../../parts/problem";
import { useTenants } from "../../parts/tenants";
import { Withheld } from "../../parts/withheld";
import { type Draft, EMPTY, FIELDS, integrationBody } from "./draft";
import { ServiceFields, SettingFields } from "./fields";
import { settingsOf } from "./schema";
import { useSources } from "./sources";
import { Tested } from "./tested";

export function NewIntegrationPage() {
  const sources = useSources();
  const [name, setName] = useState("");
  return (
    <Page title="Add an integration" up={{ href: "/integrations", label: "Integrations" }}>
      <Loaded of={sources}>
        {({ items }) => {
          if (!mayAnywhere("admin")) return <Withheld needs="admin" />;
          const source = items.find((one) => one.name === name) ?? items[0];
          if (!source)
            return <div class="empty">This host has no source: install one as a plugin first.</div>;
          return (
            <div class="form">
              <Field label="Source" name="source" hint={source.doc}>
                {(control) => (
                  <select
                    {...control}
                    value={source.name}
                    onChange={(event) => setName(event.currentTarget.value)}
                  >
                    {items.map((one) => (
                      <option key={one.name}>{one.name}</option>
                    ))}
                  </select>
                )}
              </Field>
              <IntegrationForm key={source.name} source={source} />
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function IntegrationForm({ source }: { source: Source }) {
  const tenants = useTenants().filter((tenant) => may("admin", tenant));
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [tested, setTested] = useState<TestResult | null>(null);
  const testing = useAction();
  const saving = useAction();
  const { route } = useLocation();
  const settings = settingsOf(source.settings);
  const error = saving.error ?? testing.error;
  const body = () =>
    integrationBody({ ...draft, tenant: draft.tenant || (tenants[0] ?? "") }, source, settings);

  const change = (changes: Partial<Draft>) => {
    setDraft({ ...draft, ...changes });
    setTested(null);
  };
  const test = (event: MouseEvent) => {
    const form = event.currentTarget instanceof HTMLButtonElement ? event.currentTarget.form : null;
    if (!form?.reportValidity()) return;
    saving.reset();
    void testing.run(async () => setTested(await send<TestResult>("POST", "/integrations/test", body())));
  };
  const save = (event: Event) => {
    event.preventDefault();
    testing.reset();
    void saving.run(async () => {
      const made = await send<Integration>("POST", "/integrations", body());
      route(`/integrations/${made.id}`);
    }, "The integration is added: its jobs are on their schedules");
  };
  const known = [...FIELDS, ...settings.map((setting) => setting.name)];
  return (
    <form onSubmit={save}>
      <Field label="Tenant" name="tenant" error={error}>
        {(control) => (
          <select
            {...control}
            value={draft.tenant || tenants[0]}
            onChange={(event) => change({ tenant: event.currentTarget.value })}
          >
            {tenants.map((tenant) => (
              <option key={tenant}>{tenant}</option>
            ))}
          </select>
        )}
      </Field>
      <ServiceFields source={source} draft={draft} change={change} error={error} />
      <Field label="Name" name="name" error={error} hint="Left empty, it is that of the source.">
        {(control) => (
          <input
            {...control}
            value={draft.name}
            onInput={(event) => change({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <SettingFields source={source} settings={settings} draft={draft} change={change} error={error} />
      <Problem error={error} known={known} />
      <Tested result={tested} busy={testing.busy} />
      <div class="actions">
        <button type="button" disabled={testing.busy || saving.busy} onClick={test}>
          Test the connection
        </button>
        <button type="submit" class="primary" disabled={testing.busy || saving.busy}>
          Add it
        </button>
      </div>
    </form>
  );
}
