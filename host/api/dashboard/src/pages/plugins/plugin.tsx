import { Undo2 } from "lucide";
import { useState } from "preact/hooks";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { useList } from "../../api/list";
import type { Page as PageOf } from "../../api/pages";
import type { Plugin, Trial } from "../../api/plugins";
import { useResource } from "../../api/resource";
import { may, mayAnywhere } from "../../api/session";
import { Dialog } from "../../parts/dialog";
import { Facts } from "../../parts/facts";
import { Field } from "../../parts/field";
import { Icon } from "../../parts/icon";
import { Loaded, Missing } from "../../parts/loaded";
import { Page, Section } from "../../parts/page";
import { Problem } from "../../parts/problem";
import { FiguresOf } from "./figures-of";
import { TenantField } from "./tenant-field";
import { TrialTable } from "./trials";
import { versionNames } from "./version-names";
import { VersionTable } from "./versions";

export function PluginPage({ params }: { params: { name: string } }) {
  const plugins = useResource<PageOf<Plugin>>("/plugins", { name: params.name }, ["plugins"]);
  const plugin = plugins.data?.items[0];
  const transform = plugin?.kind === "transform";
  return (
    <Page
      title={params.name}
      up={{ href: "/plugins", label: "Plugins" }}
      actions={
        plugin && (
          <>
            {transform && versionNames(plugin).length > 1 && mayAnywhere("operator") && (
              <a class="button" href={`/plugins/${encodeURIComponent(plugin.name)}/diff`}>
                Compare versions
              </a>
            )}
            {mayAnywhere("admin") && canGoBack(plugin) && <RollBack plugin={plugin} done={plugins.reload} />}
          </>
        )
      }
    >
      <Loaded of={plugins}>
        {() => (plugin ? <Detail plugin={plugin} done={plugins.reload} /> : <Missing />)}
      </Loaded>
    </Page>
  );
}

function Detail({ plugin, done }: { plugin: Plugin; done: () => void }) {
  const trials = useList<Trial>("/trials", { plugin: plugin.name }, ["trials", "plugins"]);
  return (
    <>
      <Facts
        of={[
          ["Kind", plugin.kind],
          ["Source", plugin.source],
          plugin.entity !== null && ["Maps records of", <code key="entity">{plugin.entity}</code>],
        ]}
      />
      <Section title="Versions">
        <VersionTable plugin={plugin} done={done} />
      </Section>
      <FiguresOf plugin={plugin.name} />
      <Section title="Trials">
        <TrialTable trials={trials} />
      </Section>
    </>
  );
}

/** Whether there is a trial to break off, or an activation to take back. */
function canGoBack({ versions }: Plugin): boolean {
  return versions.some(
    ({ active, from, tenants, trials }) =>
      trials.length > 0 || tenants.length > 0 || (active && from === "database"),
  );
}

function RollBack({ plugin, done }: { plugin: Plugin; done: () => void }) {
  const [open, setOpen] = useState(false);
  const [tenant, setTenant] = useState(() => (may("admin", null) ? "" : undefined));
  const [reason, setReason] = useState("");
  const action = useAction();
  const close = () => {
    setOpen(false);
    action.reset();
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { tenant: tenant || undefined, reason: reason || undefined };
    const post = () => send("POST", `/plugins/${encodeURIComponent(plugin.name)}/rollback`, body);
    if (!(await action.run(post, "Rolled back"))) return;
    close();
    done();
  };
  return (
    <>
      <button type="button" class="danger" onClick={() => setOpen(true)}>
        <Icon of={Undo2} />
        Roll back
      </button>
      <Dialog open={open} title={`Roll ${plugin.name} back?`} onClose={close}>
        <form onSubmit={submit}>
          <div class="body">
            <p>
              A trial is broken off. Where there is none, the last activation is taken back. Rows that were
              loaded stay as they are.
            </p>
            <TenantField value={tenant} onChange={setTenant} error={action.error} />
            <Field label="Why" name="reason" hint="It stands in the audit." error={action.error}>
              {(control) => (
                <input
                  {...control}
                  maxLength={1000}
                  value={reason}
                  onInput={(event) => setReason(event.currentTarget.value)}
                />
              )}
            </Field>
            <Problem error={action.error} known={["tenant", "reason"]} />
          </div>
          <footer>
            <button type="button" onClick={close}>
              Keep it as it is
            </button>
            <button type="submit" class="danger" disabled={action.busy}>
              Roll back
            </button>
          </footer>
        </form>
      </Dialog>
    </>
  );
}
