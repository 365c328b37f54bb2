import type { Column } from "../../api/data";
import { Chooser } from "../../parts/chooser";
import type { Filters } from "../../parts/filters";

const FIRST = 8;

/** The columns that are shown: those that are named, else the keys and the first others. */
export function shownColumns(columns: Column[], named: string): Column[] {
  const names = named.split(",").filter(Boolean);
  const found = columns.filter((column) => names.includes(column.name));
  if (found.length > 0) return found;
  const keys = columns.filter((column) => column.key);
  return [...keys, ...columns.filter((column) => !column.key)].slice(0, Math.max(FIRST, keys.length));
}

export function ColumnChooser({ columns, filters }: { columns: Column[]; filters: Filters }) {
  const shown = new Set(shownColumns(columns, filters.get("columns")).map((column) => column.name));
  const toggle = (name: string) => {
    const next = new Set(shown);
    if (!next.delete(name)) next.add(name);
    const names = columns.map((column) => column.name).filter((one) => next.has(one));
    filters.set({ columns: names.join(",") });
  };
  return (
    <Chooser label={`Columns: ${shown.size} of ${columns.length}`}>
      <fieldset>
        <legend class="hidden">Columns that are shown</legend>
        {columns.map((column) => (
          <label key={column.name} class="check" title={column.doc}>
            <input type="checkbox" checked={shown.has(column.name)} onChange={() => toggle(column.name)} />
            <span>{column.name}</span>
          </label>
        ))}
      </fieldset>
    </Chooser>
  );
}
