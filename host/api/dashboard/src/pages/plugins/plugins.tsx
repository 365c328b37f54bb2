import { useList } from "../../api/list";
import type { Plugin, Version } from "../../api/plugins";
import { may } from "../../api/session";
import { Tag } from "../../parts/badge";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";
import { InstallPlugin } from "./install";

const COLUMNS: Column<Plugin>[] = [
  {
    head: "Plugin",
    main: true,
    cell: (plugin) => (
      <a href={`/plugins/${encodeURIComponent(plugin.name)}`}>
        <bdi>{plugin.name}</bdi>
      </a>
    ),
  },
  { head: "Kind", cell: (plugin) => plugin.kind },
  { head: "Source", cell: (plugin) => plugin.source },
  { head: "Active", cell: (plugin) => <Active versions={plugin.versions} /> },
  { head: "On trial", cell: (plugin) => <Tried versions={plugin.versions} /> },
  { head: "Versions", number: true, cell: (plugin) => plugin.versions.length },
];

export function PluginsPage() {
  const plugins = useList<Plugin>("/plugins", {}, ["plugins"]);
  return (
    <Page title="Plugins">
      {may("admin", null) && <InstallPlugin done={plugins.refresh} />}
      <ListTable
        of={plugins}
        label="Plugins"
        columns={COLUMNS}
        id={(plugin) => plugin.name}
        empty={<h2>No plugin is installed</h2>}
      />
    </Page>
  );
}

function Active({ versions }: { versions: Version[] }) {
  const found = versions.filter((version) => version.active || version.tenants.length > 0);
  if (found.length === 0) return <span class="dim">none</span>;
  return (
    <span class="tags">
      {found.map((version) => (
        <Tag key={version.version} tone="good">
          {version.version}
          {!version.active && ` for ${version.tenants.join(", ")}`}
        </Tag>
      ))}
    </span>
  );
}

function Tried({ versions }: { versions: Version[] }) {
  const trials = versions.flatMap((version) =>
    version.trials.map((trial) => ({ ...trial, version: version.version })),
  );
  if (trials.length === 0) return <span class="dim">–</span>;
  return (
    <span class="tags">
      {trials.map((trial) => (
        <a key={trial.id} href={`/trials/${trial.id}`}>
          {trial.kind} {trial.version}
          {trial.percent !== null && ` ${trial.percent}%`}
        </a>
      ))}
    </span>
  );
}
