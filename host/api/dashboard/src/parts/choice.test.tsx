import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Choice } from "./choice";
import { useTenants } from "./tenants";

let root: HTMLElement;
let names: string[];
let chosen: string[];

/** A host with tenants, of which it gives two at once. */
function answer(address: string): Response {
  const q = new URL(address, "http://host").searchParams.get("q") ?? "";
  const found = names.filter((name) => name.includes(q));
  const items = found.slice(0, 2).map((name, id) => ({ id, name }));
  return new Response(JSON.stringify({ items, next: found.length > 2 ? "more" : null }));
}

function Probe() {
  const tenants = useTenants();
  return <Choice choices={tenants} value="" none="All" onChange={(value) => chosen.push(value)} />;
}

async function shown(...of: string[]): Promise<void> {
  names = of;
  await act(() => render(<Probe />, root));
  await vi.waitFor(() => expect(root.querySelectorAll("option").length).toBeGreaterThan(1));
}

async function type(text: string): Promise<HTMLInputElement> {
  const input = root.querySelector("input") as HTMLInputElement;
  await act(() => {
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return input;
}

describe("a choice", () => {
  beforeEach(() => {
    root = document.createElement("div");
    document.body.append(root);
    chosen = [];
    vi.stubGlobal("fetch", async (address: string) => answer(address));
  });

  afterEach(() => {
    render(null, root);
    root.remove();
    vi.unstubAllGlobals();
  });

  it("of a few shows all of them", async () => {
    await shown("acme", "zoo");
    const options = [...root.querySelectorAll("select option")].map((option) => option.textContent);
    expect(options).toEqual(["All", "acme", "zoo"]);
  });

  it("of many is searched for, and is one of what is found", async () => {
    await shown("acme", "globex", "zoo");
    expect(root.querySelector("select")).toBeNull();
    const input = await type("zo");
    expect(input.validity.valid).toBe(false);
    await vi.waitFor(() => expect(root.querySelector("option")?.value).toBe("zoo"));
    expect(chosen).toEqual([]);
    await type("zoo");
    expect(chosen).toEqual(["zoo"]);
    await type("");
    expect(chosen).toEqual(["zoo", ""]);
    expect(input.validity.valid).toBe(true);
  });
});
