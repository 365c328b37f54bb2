import type { Table as TableInfo } from "../../api/data";
import { useList } from "../../api/list";
import { ListTable } from "../../parts/list";
import { Page } from "../../parts/page";
import type { Column } from "../../parts/table";

const COLUMNS: Column<TableInfo>[] = [
  {
    head: "Table",
    main: true,
    cell: (table) => <a href={`/data/${encodeURIComponent(table.name)}`}>{table.name}</a>,
  },
  { head: "What a row is", cell: (table) => table.doc },
  { head: "Source", cell: (table) => table.source },
  { head: "Made of", cell: (table) => <code>{table.entity}</code> },
  { head: "Columns", number: true, cell: (table) => table.columns.length },
];

export function TablesPage() {
  const tables = useList<TableInfo>("/tables", {}, ["tables", "plugins"]);
  return (
    <Page title="Data">
      <ListTable
        of={tables}
        label="Tables"
        columns={COLUMNS}
        id={(table) => `${table.source} ${table.name}`}
        empty={<h2>There are no tables yet</h2>}
      />
    </Page>
  );
}
