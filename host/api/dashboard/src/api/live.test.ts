import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { history } from "./history";
import { connect, disconnect, EVERYTHING, flow, live, lostAt, onChange } from "./live";
import { session } from "./session";

class FakeSource {
  static made: FakeSource[] = [];
  onopen: () => void = () => {};
  onerror: () => void = () => {};
  closed = false;
  private readonly listeners = new Map<string, (event: { data: string }) => void>();

  constructor() {
    FakeSource.made.push(this);
  }

  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(name, listener);
  }

  sends(name: string, data: unknown): void {
    this.listeners.get(name)?.({ data: JSON.stringify(data) });
  }

  close(): void {
    this.closed = true;
  }
}

const latest = () => FakeSource.made.at(-1) as FakeSource;
const hide = (hidden: boolean) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
};
const answer = (status: number, body: unknown) =>
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(body), { status }));

describe("the stream of events", () => {
  let heard: ReadonlySet<string>[];
  let stop: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", FakeSource);
    answer(200, { name: "ada", grants: [], read_only: false });
    session.value = { state: "signed-in", me: { name: "ada", grants: [], read_only: false } };
    heard = [];
    stop = onChange((what) => heard.push(what));
    connect();
    latest().onopen();
    heard.length = 0;
  });

  afterEach(() => {
    stop();
    disconnect();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("tells what has changed, and how everything flows", () => {
    latest().sends("changed", { what: ["jobs"] });
    latest().sends("flow", { at: "2026-01-01T00:00:00Z", queues: [] });
    expect(heard).toEqual([new Set(["jobs"])]);
    expect(flow.value?.at).toBe("2026-01-01T00:00:00Z");
  });

  it("that is lost comes back by itself, and everything may have changed by then", async () => {
    latest().onerror();
    expect(live.value).toBe("lost");
    expect(lostAt.value).not.toBeNull();
    const before = FakeSource.made.length;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSource.made.length).toBe(before + 1);
    latest().onopen();
    expect(live.value).toBe("live");
    expect(heard).toEqual([EVERYTHING]);
  });

  it("that has said nothing for long is lost, as of when it was last heard", async () => {
    const before = FakeSource.made.length;
    await vi.advanceTimersByTimeAsync(40_000);
    latest().sends("alive", "");
    const at = Date.now();
    await vi.advanceTimersByTimeAsync(44_000);
    expect(live.value).toBe("live");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(live.value).toBe("lost");
    expect(lostAt.value).toBe(at);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSource.made.length).toBe(before + 1);
    latest().onopen();
    expect(heard).toEqual([EVERYTHING]);
  });

  it("does not come back once the session has ended", async () => {
    answer(401, {});
    latest().onerror();
    const before = FakeSource.made.length;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(FakeSource.made.length).toBe(before);
    expect(session.value).toEqual({ state: "signed-out", expired: true });
  });

  it("of a page that begins where nobody looks is given up as well", () => {
    disconnect();
    hide(true);
    connect();
    vi.advanceTimersByTime(30_000);
    expect(latest().closed).toBe(true);
    hide(false);
    expect(latest().closed).toBe(false);
  });

  it("that comes back where nobody looks is given up as well", async () => {
    hide(true);
    latest().onerror();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(latest().closed).toBe(false);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(latest().closed).toBe(true);
    hide(false);
  });

  it("leaves nothing of what it has told to another session", () => {
    const as = (name: string) => {
      session.value = { state: "signed-in", me: { name, grants: [], read_only: false } };
    };
    latest().sends("flow", { at: "2026-01-01T00:00:00Z", queues: [] });
    as("ada");
    expect(history.value).toHaveLength(1);
    as("eve");
    expect(flow.value).toBeNull();
    expect(history.value).toEqual([]);
    latest().sends("flow", { at: "2026-01-01T00:00:05Z", queues: [] });
    session.value = { state: "signed-out", expired: true };
    expect(flow.value).toBeNull();
    expect(history.value).toEqual([]);
  });

  it("is given up while nobody looks, and back when somebody does", () => {
    hide(true);
    vi.advanceTimersByTime(30_000);
    expect(latest().closed).toBe(true);
    hide(false);
    expect(latest().closed).toBe(false);
    latest().onopen();
    expect(heard).toEqual([EVERYTHING]);
  });
});
