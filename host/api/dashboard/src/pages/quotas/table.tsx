import type { Quota } from "../../api/work";
import { Tag } from "../../parts/badge";
import { Table } from "../../parts/table";
import { When } from "../../parts/time";
import { count } from "../../text/numbers";

export function QuotaTable({ quotas }: { quotas: Quota[] }) {
  return (
    <Table
      label="Quotas"
      rows={quotas}
      id={(quota) => `${quota.account} ${quota.host}`}
      columns={[
        { head: "Service", main: true, cell: (quota) => <bdi>{quota.host}</bdi> },
        { head: "Account", cell: (quota) => <bdi class="break">{quota.account}</bdi> },
        { head: "Used", cell: (quota) => <Used quota={quota} /> },
        {
          head: "Left",
          number: true,
          cell: (quota) => (quota.remaining === null ? "–" : count(quota.remaining)),
        },
        { head: "Of", number: true, cell: (quota) => (quota.limit === null ? "–" : count(quota.limit)) },
        { head: "Begins anew", cell: (quota) => <When at={quota.reset_at} /> },
        { head: "State", cell: (quota) => <Closed quota={quota} /> },
      ]}
    />
  );
}

const NEARLY = 0.9;

function Used({ quota: { limit, remaining, host } }: { quota: Quota }) {
  if (limit === null || remaining === null || limit === 0) return <span class="dim">not said</span>;
  const used = (limit - remaining) / limit;
  return (
    <meter value={used} min={0} max={1} high={NEARLY} optimum={0} aria-label={`Used of what ${host} allows`}>
      {Math.round(used * 100)}%
    </meter>
  );
}

function Closed({ quota }: { quota: Quota }) {
  if (!quota.closed_until || Date.parse(quota.closed_until) < Date.now()) return <Tag tone="good">open</Tag>;
  return (
    <>
      <Tag tone="warn">closed</Tag> opens <When at={quota.closed_until} />
      {quota.reason && (
        <>
          {": "}
          <bdi>{quota.reason}</bdi>
        </>
      )}
    </>
  );
}
