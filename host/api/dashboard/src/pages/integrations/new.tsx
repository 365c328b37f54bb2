import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { send } from "../../api/client";
import { mayAnywhere } from "../../api/session";
import type { Integration, Source } from "../../api/sources";
import { Choice } from "../../parts/choice";
import { Field } from "../../parts/field";
import { useFirst } from "../../parts/first";
import { Loaded } from "../../parts/loaded";
import { Page } from "../../parts/page";
import { useTenants } from "../../parts/tenants";
import { Withheld } from "../../parts/withheld";
import { EMPTY, integrationBody } from "./draft";
import { ServiceFields, SettingFields } from "./fields";
import { FormEnd, useForm } from "./form";
import { settingsOf } from "./schema";
import { useSources } from "./sources";

export function NewIntegrationPage() {
  const sources = useSources();
  const [name, setName] = useState<string>();
  useFirst(name, sources.data?.items[0]?.name, setName);
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
  const tenants = useTenants("admin");
  const form = useForm(() => EMPTY);
  const { draft, change, error } = form;
  const first = tenants.first[0]?.value;
  useFirst(draft.tenant || undefined, first, (tenant) => change({ tenant }));
  const tenant = draft.tenant || (first ?? "");
  const { route } = useLocation();
  const settings = settingsOf(source.settings);
  const body = () => integrationBody({ ...draft, tenant }, source, settings);
  const save = async () => {
    const made = await send<Integration>("POST", "/integrations", body());
    route(`/integrations/${made.id}`);
  };
  const done = "The integration is added: its jobs are on their schedules";
  return (
    <form onSubmit={(event) => form.save(event, save, done)}>
      <Field label="Tenant" name="tenant" error={error}>
        {(control) => (
          <Choice {...control} choices={tenants} value={tenant} onChange={(tenant) => change({ tenant })} />
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
      <FormEnd
        form={form}
        settings={settings}
        onTest={(event) => form.test(event, "/integrations/test", body)}
      >
        Add it
      </FormEnd>
    </form>
  );
}
