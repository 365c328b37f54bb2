import { render } from "preact";
import { act } from "preact/test-utils";
import { LocationProvider } from "preact-iso";
import { afterEach, expect, it, vi } from "vitest";
import { session } from "../../api/session";
import { place } from "../../testing/page";
import { TrialPage } from "./trial";

const WORK = { skipped: 0, rejected: 0, failed: 0, micros: 0, memory: 0 };
const TRIAL = {
  id: 7,
  plugin: "prs",
  version: "2",
  tenant: "acme",
  kind: "shadow",
  limits: { errors: null, differences: null },
  state: "running",
  reason: null,
  started_at: "2026-01-01T00:00:00Z",
  ended_at: null,
  report: { records: 0, different: 0, broken: 0, old: WORK, new: WORK, places: {} },
};

const root = place();

afterEach(() => vi.unstubAllGlobals());

it("what is done with a trial names it, so that no other is meant", async () => {
  session.value = {
    state: "signed-in",
    me: { name: "ada", grants: [{ tenant: null, role: "admin" }], read_only: false },
  };
  const sent: [string, unknown][] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    if (!init.body) return new Response(JSON.stringify(TRIAL));
    sent.push([path, JSON.parse(String(init.body))]);
    return new Response('{"detail":"it has ended"}', { status: 409 });
  });
  await act(() =>
    render(
      <LocationProvider>
        <TrialPage params={{ id: "7" }} />
      </LocationProvider>,
      root,
    ),
  );
  await vi.waitFor(() => expect(root.querySelectorAll(".actions button")).toHaveLength(2));
  for (const index of [0, 1]) {
    await act(() => root.querySelectorAll<HTMLButtonElement>(".actions > button")[index]?.click());
    await act(async () =>
      [...root.querySelectorAll<HTMLButtonElement>("dialog footer button")].at(-1)?.click(),
    );
    await vi.waitFor(() => expect(root.querySelector("dialog")?.textContent).toContain("it has ended"));
    await act(() => root.querySelector<HTMLButtonElement>("dialog header button")?.click());
  }
  expect(sent).toEqual([
    ["/api/v1/plugins/prs/activate", { version: "2", trial: 7, tenant: "acme" }],
    ["/api/v1/plugins/prs/rollback", { trial: 7, tenant: "acme" }],
  ]);
});
