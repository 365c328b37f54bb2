import { useState } from "preact/hooks";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import type { Page as PageOf } from "../../api/pages";
import type { Plugin, Report } from "../../api/plugins";
import { useResource } from "../../api/resource";
import { may, mayAnywhere } from "../../api/session";
import { Choice } from "../../parts/choice";
import { isChoice } from "../../parts/choices";
import { FilterBar, useFilters } from "../../parts/filters";
import { Loaded, Missing } from "../../parts/loaded";
import { Page } from "../../parts/page";
import { Problem } from "../../parts/problem";
import { useTenants } from "../../parts/tenants";
import { Withheld } from "../../parts/withheld";
import { ReportView } from "./report";
import { versionNames } from "./version-names";

export function DiffPage({ params }: { params: { name: string } }) {
  const plugins = useResource<PageOf<Plugin>>("/plugins", { name: params.name });
  const plugin = plugins.data?.items[0];
  return (
    <Page
      title={`Compare versions of ${params.name}`}
      up={{ href: `/plugins/${encodeURIComponent(params.name)}`, label: params.name }}
    >
      <p class="lead">
        Both map the newest raw record of each thing. Nothing is written, and no service is asked.
      </p>
      <Loaded of={plugins}>
        {() => {
          if (!plugin) return <Missing />;
          return mayAnywhere("operator") ? <Compare plugin={plugin} /> : <Withheld needs="operator" />;
        }}
      </Loaded>
    </Page>
  );
}

const RECORDS = ["100", "1000", "10000"];

interface Compared {
  report: Report;
  from: string;
  to: string;
}

function Compare({ plugin }: { plugin: Plugin }) {
  const filters = useFilters();
  const tenants = useTenants("operator");
  // Of all tenants' records only for who may do it with all.
  const all = may("operator", null);
  const action = useAction();
  const [shown, setShown] = useState<Compared | null>(null);
  const versions = versionNames(plugin);
  const active = plugin.versions.find((version) => version.active)?.version;
  const from = filters.get("from") || versions.find((version) => version === active) || versions.at(-1) || "";
  const to = filters.get("to") || versions.find((version) => version !== from) || from;
  const limit = filters.get("limit") || "1000";
  const tenant = filters.get("tenant") || (all ? "" : (tenants.first[0]?.value ?? ""));

  const choose = (label: string, name: string, value: string, options: string[]) => (
    <label>
      <span>{label}</span>
      <select value={value} onChange={(event) => filters.set({ [name]: event.currentTarget.value })}>
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
  const compare = () => {
    const body = { plugin: plugin.name, from, to, limit: Number(limit), tenant: tenant || undefined };
    void action.run(async () => setShown({ report: await send<Report>("POST", "/diffs", body), from, to }));
  };
  return (
    <>
      <FilterBar>
        {choose("Old", "from", from, versions)}
        {choose("New", "to", to, versions)}
        {choose("Records at most", "limit", limit, RECORDS)}
        {isChoice(tenants) && (
          <label>
            <span>Tenant</span>
            <Choice
              choices={tenants}
              value={tenant}
              none={all ? "All" : undefined}
              onChange={(tenant) => filters.set({ tenant })}
            />
          </label>
        )}
        <button type="button" class="primary" disabled={action.busy || !(all || tenant)} onClick={compare}>
          {action.busy ? "Comparing" : "Compare"}
        </button>
      </FilterBar>
      <Problem error={action.error} />
      {action.busy && <progress aria-label="Comparing" />}
      {shown && <ReportView report={shown.report} old={shown.from} now={shown.to} />}
    </>
  );
}
