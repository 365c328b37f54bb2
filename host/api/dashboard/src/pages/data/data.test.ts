import { describe, expect, it } from "vitest";
import type { Column } from "../../api/data";
import { shownColumns } from "./columns";
import { nextSort } from "./rows";
import { conditionText, conditionWords, parseCondition } from "./where";

describe("a condition", () => {
  it("reads back as it was written, with colons in its value", () => {
    const condition = { column: "created_at", operator: "ge", value: "2026-01-01T00:00:00Z" } as const;
    expect(parseCondition(conditionText(condition))).toEqual(condition);
  });

  it("that somebody made up is none", () => {
    expect(parseCondition("title:like:x")).toBeNull();
    expect(parseCondition("title")).toBeNull();
    expect(parseCondition("title:null")).toEqual({ column: "title", operator: "null", value: "" });
  });

  it("is said in words", () => {
    expect(conditionWords({ column: "title", operator: "contains", value: "x" })).toBe("title contains x");
    expect(conditionWords({ column: "title", operator: "null", value: "" })).toBe("title is empty");
  });
});

describe("the order of rows", () => {
  it("goes up, down, and as it comes", () => {
    expect(nextSort("", "a")).toBe("a");
    expect(nextSort("a", "a")).toBe("-a");
    expect(nextSort("-a", "a")).toBeNull();
    expect(nextSort("b", "a")).toBe("a");
  });
});

describe("the columns that are shown", () => {
  const column = (name: string, key = false): Column => ({
    name,
    key,
    type: "text",
    nullable: true,
    doc: "",
  });
  const columns = [..."abcdefghij"].map((name) => column(name)).concat(column("id", true));

  it("begin with the key", () => {
    expect(
      shownColumns(columns, "")
        .map((one) => one.name)
        .join(""),
    ).toBe("idabcdefg");
  });

  it("are those that the address names, in the order of the table", () => {
    expect(shownColumns(columns, "c,a,unknown").map((one) => one.name)).toEqual(["a", "c"]);
  });
});
