import { useLocation } from "preact-iso";
import { send } from "../../api/client";
import { useResource } from "../../api/resource";
import { may } from "../../api/session";
import type { Integration, Source } from "../../api/sources";
import { Loaded } from "../../parts/loaded";
import { Page } from "../../parts/page";
import { Withheld } from "../../parts/withheld";
import { changeBody, draftOf } from "./draft";
import { ServiceFields, SettingFields } from "./fields";
import { FormEnd, useForm } from "./form";
import { settingsOf } from "./schema";
import { useSources } from "./sources";

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
              if (!may("admin", current.tenant)) return <Withheld needs="admin" />;
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
  const form = useForm(() => draftOf(integration, settings));
  const { draft, change, error } = form;
  const { route } = useLocation();
  const body = () => changeBody(draft, integration, source, settings);
  const save = async () => {
    await send<Integration>("PATCH", path, body());
    route(path);
  };
  const done = "The integration is changed: its next runs go by it";
  const tokenHint = integration.has_credential
    ? "Left empty, the one that is kept stays. Another address needs it again."
    : "It is kept encrypted, and shown to nobody.";
  return (
    <form class="form" onSubmit={(event) => form.save(event, save, done)}>
      <ServiceFields source={source} draft={draft} change={change} error={error} tokenHint={tokenHint} />
      <SettingFields source={source} settings={settings} draft={draft} change={change} error={error} />
      <FormEnd form={form} settings={settings} onTest={(event) => form.test(event, `${path}/test`, body)}>
        Save
      </FormEnd>
    </form>
  );
}
