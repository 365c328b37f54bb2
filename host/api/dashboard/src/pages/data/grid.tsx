import { ArrowDown, ArrowUp } from "lucide";
import { queryText } from "../../api/client";
import type { Column, Row } from "../../api/data";
import { Icon } from "../../parts/icon";
import { withoutNoughts } from "../../text/times";
import { valueText } from "../../text/words";

interface Props {
  table: string;
  tenant: string;
  columns: Column[];
  rows: Row[];
  sort: string;
  onSort: (column: string) => void;
}

/** Rows of a table as wide as it is: it scrolls in its frame, and its first column stays. */
export function Grid({ table, tenant, columns, rows, sort, onSort }: Props) {
  const lineage = (row: Row) => `/data/${encodeURIComponent(table)}/${row._id}${queryText({ tenant })}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="scroll" tabIndex={0} aria-label={`Rows of ${table}`}>
      <table class="grid" aria-label={table}>
        <thead>
          <tr>
            <th scope="col">Row</th>
            {columns.map((column) => (
              <Head key={column.name} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row._id}>
              <th scope="row">
                <a href={lineage(row)} aria-label={`Lineage of row ${row._id}`}>
                  {row._id}
                </a>
              </th>
              {columns.map((column) => (
                <td key={column.name} class={isNumber(column) ? "number" : ""}>
                  <Cell value={row[column.name]} column={column} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Head({ column, sort, onSort }: { column: Column } & Pick<Props, "sort" | "onSort">) {
  // JSON has no order.
  if (column.type === "json") {
    return (
      <th scope="col" title={column.doc}>
        {column.name}
      </th>
    );
  }
  const up = sort === column.name;
  const down = sort === `-${column.name}`;
  return (
    <th scope="col" aria-sort={up ? "ascending" : down ? "descending" : undefined} title={column.doc}>
      <button type="button" class="sort" onClick={() => onSort(column.name)}>
        {column.name}
        {up && <Icon of={ArrowUp} size={12} />}
        {down && <Icon of={ArrowDown} size={12} />}
      </button>
    </th>
  );
}

function Cell({ value, column }: { value: unknown; column: Column }) {
  if (value === null || value === undefined) return <span class="dim">–</span>;
  const text = column.type === "timestamp" ? withoutNoughts(valueText(value)) : valueText(value);
  return <bdi title={text}>{text}</bdi>;
}

function isNumber(column: Column): boolean {
  return /int|float|number|decimal|real/i.test(column.type);
}
