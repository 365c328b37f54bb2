import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import type { Column } from "../../api/data";
import { Grid } from "./grid";

const column = (name: string, type: string): Column => ({ name, type, key: false, nullable: true, doc: "" });

it("rows are sorted by what has an order alone", async () => {
  const root = document.createElement("div");
  const columns = [column("title", "text"), column("labels", "json")];
  const rows = [{ _id: 1, title: "a", labels: ["b"] }];
  const props = { table: "prs", tenant: "", columns, rows, sort: "", onSort: () => {} };
  await act(() => render(<Grid {...props} />, root));
  const sorts = [...root.querySelectorAll("thead button")].map((button) => button.textContent);
  expect(sorts).toEqual(["title"]);
  expect(root.querySelector("thead")?.textContent).toContain("labels");
});
