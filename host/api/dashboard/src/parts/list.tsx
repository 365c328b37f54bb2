import type { ComponentChildren } from "preact";
import type { List } from "../api/list";
import { count } from "../text/numbers";
import { Skeleton } from "./loaded";
import { Problem } from "./problem";
import { type Column, Table } from "./table";

interface Props<T> {
  of: List<T>;
  label: string;
  columns: Column<T>[];
  id: (row: T) => string | number;
  /** What is said where there is nothing. */
  empty: ComponentChildren;
}

/** A list as a table, of which further pages are read on demand. */
export function ListTable<T>({ of, label, columns, id, empty }: Props<T>) {
  return (
    <ListFrame of={of} empty={empty}>
      {(rows) => <Table label={label} rows={rows} columns={columns} id={id} />}
    </ListFrame>
  );
}

interface FrameProps<T> {
  of: List<T>;
  empty: ComponentChildren;
  children: (rows: T[]) => ComponentChildren;
}

export function ListFrame<T>({ of, empty, children }: FrameProps<T>) {
  const { items } = of;
  return (
    <>
      <Problem error={of.error} retry={of.refresh} />
      {items === null && !of.error && <Skeleton />}
      {items?.length === 0 && <div class="empty">{empty}</div>}
      {items !== null && items.length > 0 && children(items)}
      {items !== null && items.length > 0 && <Foot of={of} shown={items.length} />}
    </>
  );
}

function Foot<T>({ of, shown }: { of: List<T>; shown: number }) {
  return (
    <div class="list-foot">
      <span>{of.hasMore ? `The first ${count(shown)}` : `${count(shown)} in all`}</span>
      {of.hasMore && (
        <button type="button" disabled={of.loading} onClick={of.more}>
          Show more
        </button>
      )}
      {of.outdated && (
        <button type="button" class="quiet" onClick={of.refresh}>
          Something has changed: read again
        </button>
      )}
    </div>
  );
}
