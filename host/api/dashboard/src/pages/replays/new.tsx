import { RotateCcw } from "lucide";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import type { Page } from "../../api/pages";
import type { Plugin } from "../../api/plugins";
import { useResource } from "../../api/resource";
import { may } from "../../api/session";
import type { Replay } from "../../api/work";
import { Choice } from "../../parts/choice";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { useFirst } from "../../parts/first";
import { Icon } from "../../parts/icon";
import { Problem } from "../../parts/problem";
import { useTenants } from "../../parts/tenants";
import { versionNames } from "../plugins/version-names";
import { type Draft, EMPTY, replayBody } from "./body";

const FIELDS = ["entity", "tenant", "version", "since", "until"];

export function NewReplay({ done }: { done: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="primary" onClick={() => setOpen(true)}>
        <Icon of={RotateCcw} />
        Replay
      </button>
      <Dialog open={open} title="Map and load again" onClose={() => setOpen(false)}>
        <ReplayForm
          done={() => {
            setOpen(false);
            done();
          }}
        />
      </Dialog>
    </>
  );
}

function ReplayForm({ done }: { done: () => void }) {
  const plugins = useResource<Page<Plugin>>("/plugins", { limit: 200 });
  const transforms = plugins.data?.items.filter((plugin) => plugin.kind === "transform") ?? [];
  const tenants = useTenants("operator");
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const action = useAction();
  const { route } = useLocation();
  const first = may("operator", null) ? undefined : tenants.first[0]?.value;
  useFirst(draft.tenant || undefined, first, (tenant) => setDraft((old) => ({ ...old, tenant })));
  const tenant = draft.tenant || (first ?? "");
  const chosen = transforms.find((plugin) => plugin.name === draft.plugin) ?? transforms[0];
  const set = (name: keyof Draft) => (event: { currentTarget: { value: string } }) =>
    setDraft({ ...draft, [name]: event.currentTarget.value });
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!chosen) return;
    await action.run(async () => {
      const replay = await send<Replay>("POST", "/replays", replayBody({ ...draft, tenant }, chosen));
      done();
      route(`/replays/${replay.id}`);
    }, "The replay has begun");
  };
  return (
    <form onSubmit={submit}>
      <div class="body">
        <Field label="Records of" name="entity" error={action.error}>
          {(control) => (
            <select {...control} value={chosen?.name} onChange={set("plugin")}>
              {transforms.map((plugin) => (
                <option key={plugin.name} value={plugin.name}>
                  {plugin.entity ?? plugin.name} ({plugin.source})
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Version" name="version" error={action.error}>
          {(control) => (
            <select {...control} value={draft.version} onChange={set("version")}>
              <option value="">The active one</option>
              {versionNames(chosen).map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Tenant" name="tenant" error={action.error}>
          {(control) => (
            <Choice
              {...control}
              choices={tenants}
              value={tenant}
              none={may("operator", null) ? "All" : undefined}
              onChange={(tenant) => setDraft({ ...draft, tenant })}
            />
          )}
        </Field>
        <div class="columns">
          <Field label="Read since" name="since" error={action.error}>
            {(control) => (
              <input {...control} type="datetime-local" value={draft.since} onInput={set("since")} />
            )}
          </Field>
          <Field label="Read until" name="until" error={action.error}>
            {(control) => (
              <input {...control} type="datetime-local" value={draft.until} onInput={set("until")} />
            )}
          </Field>
        </div>
        <Problem error={plugins.error ?? action.error} known={FIELDS} />
      </div>
      <footer>
        <button type="submit" class="primary" disabled={action.busy || !chosen}>
          Replay
        </button>
      </footer>
    </form>
  );
}
