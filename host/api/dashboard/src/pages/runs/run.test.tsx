import { render } from "preact";
import { act } from "preact/test-utils";
import { LocationProvider } from "preact-iso";
import { expect, it, vi } from "vitest";
import { session } from "../../api/session";
import { host, place } from "../../testing/page";
import { RunPage } from "./run";

const COUNTERS = {
  requests: 1,
  bytes: 1,
  retries: 0,
  extracted: 2,
  transformed: 2,
  loaded: 0,
  unchanged: 0,
  dead: 0,
  failed: 2,
};
const RUN = {
  id: 7,
  tenant: "acme",
  integration: "github",
  integration_id: 1,
  job: null,
  job_id: null,
  replay: null,
  stream: "prs",
  state: "failed",
  counters: COUNTERS,
  open_requests: 0,
  open_tasks: 0,
  planning: false,
  done: 1,
  estimate_seconds: null,
  created_at: "2026-01-01T00:00:00Z",
  started_at: "2026-01-01T00:00:00Z",
  finished_at: "2026-01-01T00:01:00Z",
  problems: [],
  notes: [],
  skipped: [],
};

const root = place();
const sent: string[] = [];
let given_up = 2;
const { changed } = host(async (path, init) => {
  if (init.method === "POST") sent.push(path);
  const body = path.includes("/runs/") ? { ...RUN, given_up } : { items: [], next: null };
  return new Response(JSON.stringify(body));
});

const buttons = () => [...root.querySelectorAll<HTMLButtonElement>(".actions > button")];
const words = () => buttons().map((button) => button.textContent);

it("what a run gave up can be queued again, as long as there is any", async () => {
  session.value = {
    state: "signed-in",
    me: { name: "ada", grants: [{ tenant: null, role: "operator" }], read_only: false },
  };
  await act(() =>
    render(
      <LocationProvider>
        <RunPage params={{ id: "7" }} />
      </LocationProvider>,
      root,
    ),
  );
  await vi.waitFor(() => expect(words()).toEqual(["Retry"]));
  await act(() => buttons()[0]?.click());
  expect(root.querySelector("dialog")?.textContent).toContain("2 tasks");
  given_up = 0;
  await act(async () =>
    [...root.querySelectorAll<HTMLButtonElement>("dialog footer button")].at(-1)?.click(),
  );
  await vi.waitFor(() => expect(sent).toEqual(["/api/v1/runs/7/retry"]));
  changed("runs");
  await vi.waitFor(() => expect(words()).toEqual([]), 3_000);
});
