import { FlaskConical } from "lucide";
import { useState } from "preact/hooks";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import type { DryRun } from "../../api/letters";
import type { Page } from "../../api/pages";
import type { Plugin } from "../../api/plugins";
import { useResource } from "../../api/resource";
import { may } from "../../api/session";
import { Tag } from "../../parts/badge";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { Icon } from "../../parts/icon";
import { Json } from "../../parts/json";
import { Problem } from "../../parts/problem";
import { counted } from "../../text/numbers";
import { versionNames } from "../plugins/version-names";
import type { Letters } from "./actions";

interface Props {
  letters: Letters;
  plugin: string;
  tenant: string;
}

/** Shows what another version would make of letters, and writes nothing. */
export function DryRunOf(props: Props) {
  const [open, setOpen] = useState(false);
  if (!may("operator", props.tenant)) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        <Icon of={FlaskConical} />
        Dry-run a version
      </button>
      <Dialog
        open={open}
        wide
        title={`What would another version of ${props.plugin} do?`}
        onClose={() => setOpen(false)}
      >
        <DryRunForm {...props} />
      </Dialog>
    </>
  );
}

function DryRunForm({ letters, plugin }: Props) {
  const plugins = useResource<Page<Plugin>>("/plugins", { name: plugin });
  const found = plugins.data?.items[0];
  const versions = versionNames(found);
  const active = found?.versions.find((one) => one.active)?.version;
  const [chosen, setChosen] = useState("");
  const [result, setResult] = useState<DryRun | null>(null);
  const action = useAction();
  const version = chosen || versions[0] || "";
  const submit = (event: Event) => {
    event.preventDefault();
    const body = { ...letters, version };
    void action.run(async () => setResult(await send<DryRun>("POST", "/dead-letters/dry-run", body)));
  };
  return (
    <form onSubmit={submit}>
      <div class="body">
        <Field
          label="Version"
          name="version"
          error={action.error}
          hint={
            plugins.data && versions.length === 0
              ? "No version is installed: those of a folder cannot be tried. Install one on the page Plugins."
              : "Nothing is written: what comes of it is only shown."
          }
        >
          {(control) => (
            <select {...control} value={version} onChange={(event) => setChosen(event.currentTarget.value)}>
              {versions.map((one) => (
                <option key={one} value={one}>
                  {one}
                  {one === active && " (active)"}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Problem error={plugins.error ?? action.error} known={["version"]} />
        {result && <Result of={result} />}
      </div>
      <footer>
        <button type="submit" class="primary" disabled={action.busy || version === ""}>
          {action.busy ? "Mapping" : "Dry-run"}
        </button>
      </footer>
    </form>
  );
}

function Result({ of }: { of: DryRun }) {
  const good = of.items.filter((item) => item.ok).length;
  return (
    <div role="status">
      <p>
        {good} of {counted(of.items.length, "letter")} would be mapped.
      </p>
      <ul class="results">
        {of.items.map((item) => (
          <li key={item.id}>
            <a href={`/dead-letters/${item.id}`}>Letter {item.id}</a>{" "}
            {item.ok ? <Tag tone="good">mapped</Tag> : <Tag tone="bad">still fails</Tag>}
            {item.error && <bdi class="message">{item.error}</bdi>}
            {item.ok && <Json value={item.changes} label="Changes" open={false} />}
          </li>
        ))}
      </ul>
    </div>
  );
}
