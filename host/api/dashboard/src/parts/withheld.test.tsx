import { render } from "preact";
import { act } from "preact/test-utils";
import { LocationProvider } from "preact-iso";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Role } from "../api/access";
import { session } from "../api/session";
import { AuditPage } from "../pages/audit/audit";
import { NewIntegrationPage } from "../pages/integrations/new";
import { DiffPage } from "../pages/plugins/diff";

const ANSWERS: Record<string, unknown> = {
  "/sources": { items: [{ name: "github", doc: "", base_url: "", settings: {} }] },
  "/plugins": { items: [{ name: "prs", kind: "transform", versions: [] }], next: null },
  "/audit": { items: [], next: null },
  "/tenants": { items: ["acme", "globex"].map((name) => ({ id: 1, name })), next: null },
};

let root: HTMLElement;

/** Shows a page to who has a role at the tenant globex. */
async function shown(page: preact.ComponentChild, role: Role, read_only = false): Promise<string[]> {
  session.value = {
    state: "signed-in",
    me: { name: "ada", grants: [{ tenant: "globex", role }], read_only },
  };
  await act(() => render(<LocationProvider>{page}</LocationProvider>, root));
  await vi.waitFor(() => expect(root.querySelector("[aria-busy]")).toBeNull());
  return [...root.querySelectorAll("button")].map((button) => button.textContent?.trim() ?? "");
}

describe("what somebody may not do", () => {
  beforeEach(() => {
    root = document.createElement("div");
    document.body.append(root);
    vi.stubGlobal("fetch", async (url: string) => {
      const path = Object.keys(ANSWERS).find((path) => url.includes(path)) ?? "";
      return new Response(JSON.stringify(ANSWERS[path]), { status: 200 });
    });
  });

  afterEach(() => {
    render(null, root);
    root.remove();
    vi.unstubAllGlobals();
  });

  it("has no button, and words instead: a comparison", async () => {
    expect(await shown(<DiffPage params={{ name: "prs" }} />, "viewer")).toEqual([]);
    expect(root.textContent).toContain("the role operator");
    expect(await shown(<DiffPage params={{ name: "prs" }} />, "operator", true)).toEqual([]);
    expect(root.textContent).toContain("read-only");
  });

  it("has no button, and words instead: a new integration", async () => {
    expect(await shown(<NewIntegrationPage />, "operator")).toEqual([]);
    expect(root.textContent).toContain("the role admin");
    expect(await shown(<NewIntegrationPage />, "admin")).toContain("Add it");
  });

  it("is not asked for either: the audit", async () => {
    expect(await shown(<AuditPage />, "operator")).toEqual([]);
    expect(root.textContent).toContain("There is nothing here");
    await shown(<AuditPage />, "admin", true);
    expect(root.textContent).toContain("Nobody did anything like that");
  });

  it("is not chosen beforehand: an operator of one tenant compares that tenant's records", async () => {
    expect(await shown(<DiffPage params={{ name: "prs" }} />, "operator")).toEqual(["Compare"]);
    const compare = root.querySelector("button");
    await vi.waitFor(() => expect(compare?.disabled).toBe(false));
    expect(root.textContent).not.toContain("acme");
    const body = vi.fn();
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      body(JSON.parse(String(init.body)));
      return new Response("{}", { status: 403 });
    });
    await act(async () => compare?.click());
    expect(body).toHaveBeenCalledWith(expect.objectContaining({ tenant: "globex" }));
  });
});
