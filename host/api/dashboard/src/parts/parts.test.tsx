import { render } from "preact";
import { useState } from "preact/hooks";
import { act } from "preact/test-utils";
import { LocationProvider } from "preact-iso";
import { describe, expect, it, vi } from "vitest";
import type { Grant } from "../api/access";
import { ApiError } from "../api/problem";
import { place } from "../testing/page";
import { ActionButton } from "./action";
import { State } from "./badge";
import { CopyButton } from "./copy";
import { Field } from "./field";
import { SearchFilter, useFilters } from "./filters";
import { GrantFields } from "./grants";
import { Problem } from "./problem";
import { Progress } from "./progress";
import { Table } from "./table";

const root = place();

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

describe("a text that is copied", () => {
  it("is not another that is shown afterwards", async () => {
    vi.stubGlobal("navigator", { clipboard: { writeText: async () => {} } });
    await shown(<CopyButton text="one" label="Copy it" />);
    const label = () => root.querySelector("button")?.getAttribute("aria-label");
    await act(async () => root.querySelector("button")?.click());
    expect(label()).toBe("Copied");
    await shown(<CopyButton text="two" label="Copy it" />);
    expect(label()).toBe("Copy it");
    vi.unstubAllGlobals();
  });
});

describe("grants", () => {
  const tenants = {
    first: ["acme", "globex"].map((name) => ({ value: name, label: name })),
    isAll: true,
    found: [],
    search: () => {},
  };

  function Probe() {
    const [grants, setGrants] = useState<Grant[]>([
      { tenant: null, role: "viewer" },
      { tenant: "acme", role: "viewer" },
    ]);
    return <GrantFields grants={grants} onChange={setGrants} tenants={tenants} everyone />;
  }

  it("stay where they are, with the focus, as another tenant is chosen", async () => {
    await shown(<Probe />);
    const last = () => [...root.querySelectorAll<HTMLSelectElement>("[aria-label=Tenant]")].at(-1);
    const before = last();
    before?.focus();
    await act(() => {
      if (before) before.value = "globex";
      before?.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(last()).toBe(before);
    expect(last()?.value).toBe("globex");
    expect(document.activeElement).toBe(before);
  });
});

describe("a filter by a whole name", () => {
  function Probe() {
    return <SearchFilter filters={useFilters()} name="job" label="Job" whole />;
  }

  it("is applied once the field is left, not while it is typed in", async () => {
    vi.useFakeTimers();
    await shown(
      <LocationProvider>
        <Probe />
      </LocationProvider>,
    );
    const input = root.querySelector("input") as HTMLInputElement;
    input.value = "prs_1";
    await act(() => void input.dispatchEvent(new Event("input", { bubbles: true })));
    await act(() => void vi.advanceTimersByTime(1_000));
    expect(location.search).toBe("");
    await act(() => void input.dispatchEvent(new Event("change", { bubbles: true })));
    expect(location.search).toBe("?job=prs_1");
    vi.useRealTimers();
    history.replaceState(null, "", "/");
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
