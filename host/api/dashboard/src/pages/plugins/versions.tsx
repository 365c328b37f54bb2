import { send } from "../../api/client";
import type { Plugin, Version } from "../../api/plugins";
import { may, mayAnywhere } from "../../api/session";
import { ActionButton } from "../../parts/action";
import { Tag } from "../../parts/badge";
import { CopyButton } from "../../parts/copy";
import { Table } from "../../parts/table";
import { When } from "../../parts/time";
import { bytes } from "../../text/numbers";
import { shortDigest } from "../../text/words";
import { Activate } from "./activate";

/** The versions of a plugin, newest first, and what can be done with each. */
export function VersionTable({ plugin, done }: { plugin: Plugin; done: () => void }) {
  return (
    <Table
      label="Versions"
      rows={plugin.versions.toReversed()}
      id={(version) => `${version.from} ${version.digest}`}
      columns={[
        { head: "Version", main: true, cell: (version) => <b>{version.version}</b> },
        { head: "Who runs it", cell: (version) => <Users version={version} /> },
        { head: "From", cell: (version) => <Origin version={version} /> },
        { head: "Size", number: true, cell: (version) => (version.size > 0 ? bytes(version.size) : "–") },
        { head: "Installed", cell: (version) => <When at={version.installed_at} /> },
        { head: "Digest", cell: (version) => <Digest of={version.digest} /> },
        { head: "", cell: (version) => <Actions plugin={plugin} version={version} done={done} /> },
      ]}
    />
  );
}

function Digest({ of }: { of: string }) {
  return (
    <>
      <code title={of}>{shortDigest(of)}</code>
      <CopyButton text={of} label="Copy the digest" />
    </>
  );
}

function Users({ version }: { version: Version }) {
  const { active, tenants, trials } = version;
  if (!active && tenants.length === 0 && trials.length === 0) return <span class="dim">nobody</span>;
  return (
    <span class="tags">
      {active && <Tag tone="good">every tenant</Tag>}
      {tenants.map((tenant) => (
        <Tag key={tenant} tone="good">
          <bdi>{tenant}</bdi>
        </Tag>
      ))}
      {trials.map((trial) => (
        <a key={trial.id} href={`/trials/${trial.id}`}>
          <Tag tone="busy">
            {trial.kind}
            {trial.percent !== null && ` ${trial.percent}%`} {trial.tenant && <bdi>of {trial.tenant}</bdi>}
          </Tag>
        </a>
      ))}
    </span>
  );
}

function Origin({ version }: { version: Version }) {
  return (
    <span class="tags">
      {version.from}
      {version.signed && <Tag tone="good">signed</Tag>}
      {version.dev && <Tag tone="warn">in development</Tag>}
      {version.retired && <Tag>retired</Tag>}
    </span>
  );
}

function Actions({ plugin, version, done }: { plugin: Plugin; version: Version; done: () => void }) {
  if (version.from === "folder" || version.retired || !mayAnywhere("admin")) return null;
  const idle = !version.active && version.tenants.length === 0 && version.trials.length === 0;
  const retire = () =>
    send("POST", `/plugins/${encodeURIComponent(plugin.name)}/retire`, { version: version.version });
  return (
    <span class="row-actions">
      <Activate plugin={plugin} version={version} done={done} />
      {idle && may("admin", null) && (
        <ActionButton
          label="Retire"
          kind="danger"
          ask={`${plugin.name} ${version.version} is not activated again, unless it is installed anew.`}
          run={retire}
          done="It is retired"
          then={done}
        />
      )}
    </span>
  );
}
