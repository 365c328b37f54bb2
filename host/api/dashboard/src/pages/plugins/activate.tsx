import { useState } from "preact/hooks";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import type { Plugin, Version } from "../../api/plugins";
import { may } from "../../api/session";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { Problem } from "../../parts/problem";
import { type Draft, path, START, WAYS, type Way, wayBody } from "./activation";
import { TenantField } from "./tenant-field";

interface Props {
  plugin: Plugin;
  version: Version;
  done: () => void;
}

export function Activate(props: Props) {
  const [open, setOpen] = useState(false);
  const { plugin, version, done } = props;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Activate
        <span class="hidden"> {version.version}</span>
      </button>
      <Dialog open={open} title={`Activate ${plugin.name} ${version.version}`} onClose={() => setOpen(false)}>
        <ActivateForm
          {...props}
          done={() => {
            setOpen(false);
            done();
          }}
        />
      </Dialog>
    </>
  );
}

const WORDS: Record<Way, [string, string]> = {
  activate: ["Do the work", "From the next batch on, this version maps every record."],
  shadow: ["Shadow", "It maps what the active version maps. What it makes is compared and thrown away."],
  canary: [
    "Canary",
    "It does the work for a share of the records. What it fails on, the active version maps.",
  ],
};

function ActivateForm({ plugin, version, done }: Props) {
  const [draft, setDraft] = useState<Draft>({ ...START, tenant: may("admin", null) ? "" : undefined });
  const action = useAction();
  const ways = plugin.kind === "source" ? WAYS.slice(0, 1) : WAYS;
  const submit = async (event: Event) => {
    event.preventDefault();
    const post = () =>
      send("POST", path(draft.way, plugin.name), wayBody(draft, plugin.name, version.version));
    if (await action.run(post, `${plugin.name} ${version.version}: ${WORDS[draft.way][0].toLowerCase()}`))
      done();
  };
  return (
    <form onSubmit={submit}>
      <div class="body">
        <fieldset class="choices">
          <legend>How</legend>
          {ways.map((way) => (
            <label key={way}>
              <input
                type="radio"
                name="way"
                checked={draft.way === way}
                onChange={() => setDraft({ ...draft, way })}
              />
              <span>
                <strong>{WORDS[way][0]}</strong>
                <small>{WORDS[way][1]}</small>
              </span>
            </label>
          ))}
        </fieldset>
        {draft.way === "canary" && <Percent draft={draft} set={setDraft} />}
        {draft.way !== "activate" && <Limits draft={draft} set={setDraft} error={action.error} />}
        <TenantField
          value={draft.tenant}
          onChange={(tenant) => setDraft({ ...draft, tenant })}
          error={action.error}
        />
        <Problem error={action.error} known={["tenant", "max_errors", "max_differences"]} />
      </div>
      <footer>
        <button type="submit" class="primary" disabled={action.busy}>
          {draft.way === "activate" ? "Activate" : `Begin the ${draft.way}`}
        </button>
      </footer>
    </form>
  );
}

interface PartProps {
  draft: Draft;
  set: (draft: Draft) => void;
}

function Percent({ draft, set }: PartProps) {
  return (
    <Field label={`Share of the records: ${draft.percent}%`} name="percent">
      {(control) => (
        <input
          {...control}
          type="range"
          min={1}
          max={100}
          value={draft.percent}
          onInput={(event) => set({ ...draft, percent: event.currentTarget.valueAsNumber })}
        />
      )}
    </Field>
  );
}

function Limits({ draft, set, error }: PartProps & { error: Parameters<typeof Problem>[0]["error"] }) {
  const limit = (label: string, name: "max_errors" | "max_differences", hint: string) => (
    <Field label={label} name={name} hint={hint} error={error}>
      {(control) => (
        <input
          {...control}
          type="number"
          min={0}
          max={100}
          step="any"
          value={draft[name]}
          onInput={(event) => set({ ...draft, [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <div class="columns">
      {limit("Ends at broken records (%)", "max_errors", "Nothing: 1 %.")}
      {limit("Ends at differences (%)", "max_differences", "Nothing: no limit.")}
    </div>
  );
}
