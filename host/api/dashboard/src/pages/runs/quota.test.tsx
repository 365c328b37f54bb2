import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it, vi } from "vitest";
import { connect, disconnect } from "../../api/live";
import type { Run } from "../../api/work";
import { QuotaOf } from "./quota";

let changed: () => void = () => {};

class Source {
  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    if (name === "changed") changed = () => listener({ data: '{"what":["quotas"]}' });
  }
  close(): void {}
}

it("the quota of a run's account is there once its first request has named the account", async () => {
  let account: string | null = null;
  const quota = { account: "ada", host: "github", limit: 9, remaining: 7 };
  vi.stubGlobal("fetch", async (path: string) => {
    const body = path.includes("/quotas") ? { items: [quota], next: null } : { account };
    return new Response(JSON.stringify(body));
  });
  vi.stubGlobal("EventSource", Source);
  connect();
  const root = document.createElement("div");
  await act(() => render(<QuotaOf run={{ integration_id: 1, tenant: "acme" } as Run} />, root));
  await act(() => new Promise((resolve) => setTimeout(resolve, 10)));
  expect(root.textContent).toBe("");
  account = "ada";
  changed();
  await vi.waitFor(() => expect(root.textContent).toContain("Quota of its account"), 3_000);
  render(null, root);
  disconnect();
  vi.unstubAllGlobals();
});
