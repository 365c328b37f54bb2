import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { DeadLetter } from "../../api/letters";
import { useList } from "../../api/list";
import { FilterBar, useFilters } from "../../parts/filters";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";
import { When } from "../../parts/time";
import { counted } from "../../text/numbers";
import { IntegrationFilter } from "../integrations/filter";
import { LetterActions } from "./actions";
import { DryRunOf } from "./dry-run";

/** The letters of a tenant and a stream that have gone wrong in the same way. */
export function GroupPage({ params }: { params: { fingerprint: string } }) {
  const filters = useFilters();
  const { route } = useLocation();
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const scope = filters.query("tenant", "integration", "stream");
  const letters = useList<DeadLetter>("/dead-letters", { ...scope, fingerprint: params.fingerprint }, [
    "dead_letters",
  ]);
  const newest = letters.items?.[0];
  const isOne = scope.tenant !== "" && scope.stream !== "";
  useEffect(() => {
    // Of an address that names no group, that of the newest letter is shown.
    if (newest && !isOne) filters.set({ tenant: newest.tenant, stream: newest.stream });
  }, [newest, isOne]);

  // A letter that was chosen may be gone since, or be hidden by a filter.
  const ids = letters.items?.filter(({ id }) => chosen.has(id)).map(({ id }) => id) ?? [];
  const some = ids.length > 0;
  const whole = {
    fingerprint: params.fingerprint,
    tenant: scope.tenant,
    integration: Number(scope.integration) || undefined,
    stream: scope.stream,
  };
  const which = some ? { ids } : whole;
  const done = () => {
    setChosen(new Set());
    if (some) letters.refresh();
    else route("/dead-letters", true);
  };
  const toggle = (id: number, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <Page
      title={newest ? newest.error : "Group of dead letters"}
      up={{ href: "/dead-letters", label: "Dead letters" }}
      actions={
        newest &&
        isOne && (
          <>
            {/* A question that is open about some is not answered for the group. */}
            <LetterActions
              key={some ? "some" : "group"}
              of={which}
              what={some ? counted(ids.length, "letter") : "the group"}
              tenant={newest.tenant}
              done={done}
            />
            {newest.plugin && <DryRunOf letters={which} plugin={newest.plugin} tenant={newest.tenant} />}
          </>
        )
      }
    >
      <FilterBar>
        <IntegrationFilter filters={filters} />
      </FilterBar>
      <ListTable
        of={letters}
        label="Dead letters of this group"
        columns={columns(chosen, toggle)}
        id={(letter) => letter.id}
        empty={<h2>No letters are left in this group</h2>}
      />
    </Page>
  );
}

function columns(
  chosen: ReadonlySet<number>,
  toggle: (id: number, on: boolean) => void,
): Column<DeadLetter>[] {
  return [
    {
      head: "Choose",
      cell: (letter) => (
        <input
          type="checkbox"
          aria-label={`Choose letter ${letter.id}`}
          checked={chosen.has(letter.id)}
          onChange={(event) => toggle(letter.id, event.currentTarget.checked)}
        />
      ),
    },
    {
      head: "Record",
      main: true,
      cell: (letter) => (
        <a href={`/dead-letters/${letter.id}`}>
          <bdi>{letter.external_id ?? `letter ${letter.id}`}</bdi>
        </a>
      ),
    },
    { head: "Stream", cell: (letter) => <bdi>{letter.stream}</bdi> },
    { head: "Integration", cell: (letter) => <bdi>{letter.integration}</bdi> },
    {
      head: "Plugin",
      cell: (letter) => (
        <bdi>
          {letter.plugin} {letter.version}
        </bdi>
      ),
    },
    {
      head: "Where",
      cell: (letter) => (letter.path ? <code>{letter.path}</code> : <span class="dim">–</span>),
    },
    { head: "When", cell: (letter) => <When at={letter.created_at} /> },
  ];
}
