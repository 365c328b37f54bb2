import { render } from "preact";
import { act } from "preact/test-utils";
import { LocationProvider, lazy, Route, Router } from "preact-iso";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { place } from "../testing/page";
import { SearchFilter, SelectFilter, useFilters } from "./filters";

const root = place();

function JobsPage() {
  const filters = useFilters();
  return (
    <>
      <SearchFilter filters={filters} label="Name" />
      <SelectFilter filters={filters} name="state" label="State" options={["failed"]} />
      <a href="/jobs">All jobs</a>
      <a href="/runs">Runs</a>
    </>
  );
}

const RunsPage = () => <h1>Runs</h1>;
/** A page that never comes: until it does, the one before stays. */
const SlowPage = lazy(() => new Promise<typeof RunsPage>(() => {}));

async function shown(address: string, runs = RunsPage): Promise<void> {
  history.replaceState(null, "", address);
  await act(() =>
    render(
      <LocationProvider>
        <Router>
          <Route path="/jobs" component={JobsPage} />
          <Route path="/runs" component={runs} />
        </Router>
      </LocationProvider>,
      root,
    ),
  );
}

const field = () => root.querySelector("input") as HTMLInputElement;
const enter = (text: string) => {
  field().value = text;
  field().dispatchEvent(new Event("input", { bubbles: true }));
};
const type = (text: string) => act(() => enter(text));
const choose = (state: string) =>
  act(() => {
    const select = root.querySelector("select") as HTMLSelectElement;
    select.value = state;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
const follow = (href: string) => act(() => root.querySelector<HTMLElement>(`a[href="${href}"]`)?.click());
const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));
const address = () => location.pathname + location.search;

describe("the filters of a page", () => {
  it("stay its own while the next page is loaded, and are not written into that", async () => {
    await shown("/jobs?state=failed", SlowPage);
    await follow("/runs");
    expect(root.querySelector("select")?.value).toBe("failed");
    await choose("");
    expect(address()).toBe("/runs");
  });
});

describe("a text that is searched for", () => {
  beforeEach(() => void vi.useFakeTimers());

  afterEach(() => {
    vi.useRealTimers();
    history.replaceState(null, "", "/");
  });

  it("is looked for once the person stops typing", async () => {
    await shown("/jobs");
    await type("pr");
    await pass(200);
    await type("prs");
    await pass(200);
    expect(address()).toBe("/jobs");
    await pass(50);
    expect(address()).toBe("/jobs?q=prs");
  });

  it("leaves another filter in effect that is set while it is typed", async () => {
    await shown("/jobs");
    await type("prs");
    await pass(100);
    await choose("failed");
    expect(address()).toBe("/jobs?state=failed");
    await pass(250);
    expect(address()).toBe("/jobs?state=failed&q=prs");
    expect(field().value).toBe("prs");
    expect(root.querySelector("select")?.value).toBe("failed");
  });

  it("is not written into the page that comes next", async () => {
    await shown("/jobs");
    await type("prs");
    await follow("/runs");
    await pass(1_000);
    expect(address()).toBe("/runs");
    expect(root.textContent).toBe("Runs");
  });

  it("is not written into a page that is still being loaded", async () => {
    await shown("/jobs", SlowPage);
    await type("prs");
    await follow("/runs");
    expect(field().value).toBe("prs");
    await pass(1_000);
    expect(address()).toBe("/runs");
  });

  it("gives way to what the address is given meanwhile", async () => {
    await shown("/jobs?q=prs");
    await type("prs_1");
    await follow("/jobs");
    expect(field().value).toBe("");
    await pass(1_000);
    expect(address()).toBe("/jobs");
    expect(field().value).toBe("");
  });

  it("goes on where it was looked for just now", async () => {
    await shown("/jobs");
    await type("pr");
    // Without `act`, which would run every effect first: the next key may be pressed before.
    await vi.advanceTimersByTimeAsync(250);
    expect(address()).toBe("/jobs?q=pr");
    enter("prs");
    await vi.advanceTimersByTimeAsync(100);
    expect(field().value).toBe("prs");
    await pass(150);
    expect(address()).toBe("/jobs?q=prs");
  });
});
