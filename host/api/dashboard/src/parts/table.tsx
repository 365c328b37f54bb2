import type { ComponentChildren } from "preact";

export interface Column<T> {
  head: string;
  cell: (row: T) => ComponentChildren;
  /** Numbers stand to the right. */
  number?: boolean;
  /** What a row is, which a narrow screen shows as its heading. */
  main?: boolean;
}

interface Props<T> {
  label: string;
  rows: T[];
  columns: Column<T>[];
  id: (row: T) => string | number;
}

// The roles are said, since a narrow screen shows each row as a card, which takes
// them from the elements.
export function Table<T>({ label, rows, columns, id }: Props<T>) {
  return (
    <table class="cards" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ head, number }) => (
            <th key={head} role="columnheader" scope="col" class={number ? "number" : ""}>
              {head || <span class="hidden">Actions</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={id(row)} role="row">
            {columns.map((column) => (
              <td key={column.head} role="cell" data-head={column.head} class={look(column)}>
                <div>{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function look<T>({ number, main }: Column<T>): string {
  return main ? "main" : number ? "number" : "";
}
