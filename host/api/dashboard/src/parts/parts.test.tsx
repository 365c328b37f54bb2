import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/problem";
import { ActionButton } from "./action";
import { State } from "./badge";
import { Field } from "./field";
import { Problem } from "./problem";
import { Progress } from "./progress";
import { Table } from "./table";

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
});

const shown = (node: preact.ComponentChild) => act(() => render(node, root));

describe("a problem", () => {
  const error = new ApiError(422, {
    detail: "not as it has to be",
    errors: [
      { field: "name", message: "is taken" },
      { field: "colour", message: "is unknown" },
    ],
  });

  it("names the fields that nobody else does", async () => {
    await shown(<Problem error={error} known={["name"]} />);
    expect(root.querySelector("[role=alert]")?.textContent).toContain("colour is unknown");
    expect(root.textContent).not.toContain("is taken");
  });

  it("of a field stands beside it, and is told with it", async () => {
    await shown(
      <Field label="Name" name="name" error={error}>
        {(control) => <input {...control} />}
      </Field>,
    );
    const input = root.querySelector("input");
    expect(input?.getAttribute("aria-invalid")).toBe("true");
    const mistake = document.getElementById(input?.getAttribute("aria-describedby") ?? "");
    expect(mistake?.textContent).toBe("is taken");
  });
});

describe("a progress", () => {
  it("is not full before all is done", async () => {
    await shown(<Progress label="How far" done={0.9999} seconds={1} />);
    expect(root.textContent).toBe("99.9% · 1\u00a0s left");
  });
});

describe("texts of services", () => {
  it("are shown as text", async () => {
    await shown(<Problem error={new ApiError(400, { detail: "<img src=x onerror=alert(1)>" })} />);
    expect(root.querySelector("img")).toBeNull();
    expect(root.querySelector("bdi")?.textContent).toBe("<img src=x onerror=alert(1)>");
  });
});

describe("a state", () => {
  it("is told by a word", async () => {
    await shown(<State of="rolled_back" />);
    expect(root.textContent).toBe("rolled back");
  });
});

describe("a table", () => {
  it("says on a narrow screen what each value is", async () => {
    const columns = [{ head: "Records", number: true, cell: (row: { id: number }) => row.id }];
    await shown(<Table label="Runs" rows={[{ id: 7 }]} columns={columns} id={(row) => row.id} />);
    const cell = root.querySelector("td");
    expect(cell?.dataset.head).toBe("Records");
    expect(cell?.textContent).toBe("7");
  });
});

describe("an action", () => {
  const click = (words: string) =>
    act(async () => {
      const buttons = [...root.querySelectorAll("button")].filter(
        (button) => button.textContent?.trim() === words,
      );
      buttons.at(-1)?.click();
    });

  beforeEach(() => {
    HTMLDialogElement.prototype.showModal ??= () => {};
  });

  it("that asks is not done before the answer", async () => {
    const run = vi.fn(async () => {});
    await shown(<ActionButton label="Drop" done="dropped" ask="Really?" run={run} />);
    await click("Drop");
    expect(root.querySelector("dialog")?.textContent).toContain("Really?");
    await click("Keep it as it is");
    expect(run).not.toHaveBeenCalled();
    expect(root.querySelector("dialog")).toBeNull();
  });

  it("that fails says so, and can be tried again", async () => {
    const run = vi
      .fn()
      .mockRejectedValueOnce(new ApiError(403, { detail: "read-only" }))
      .mockResolvedValue(undefined);
    const then = vi.fn();
    await shown(<ActionButton label="Run" done="done" run={run} then={then} />);
    await click("Run");
    await vi.waitFor(() => expect(root.querySelector("[role=alert]")?.textContent).toContain("read-only"));
    await click("Try again");
    await vi.waitFor(() => expect(root.querySelector("dialog")).toBeNull());
    expect(then).toHaveBeenCalledOnce();
  });
});
