import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it, vi } from "vitest";
import type { Run } from "../../api/work";
import { host, place } from "../../testing/page";
import { QuotaOf } from "./quota";

const root = place();
const QUOTA = { account: "ada", host: "github", limit: 9, remaining: 7 };
let account: string | null = null;
const { changed } = host(async (path) => {
  const body = path.includes("/quotas") ? { items: [QUOTA], next: null } : { account };
  return new Response(JSON.stringify(body));
});

it("the quota of a run's account is there once its first request has named the account", async () => {
  await act(() => render(<QuotaOf run={{ integration_id: 1, tenant: "acme" } as Run} />, root));
  await act(() => new Promise((resolve) => setTimeout(resolve, 10)));
  expect(root.textContent).toBe("");
  account = "ada";
  changed("quotas");
  await vi.waitFor(() => expect(root.textContent).toContain("Quota of its account"), 3_000);
});
