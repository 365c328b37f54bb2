import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type List, useList } from "./list";
import { connect, disconnect } from "./live";
import { useResource } from "./resource";
import { session } from "./session";

const ALL = Array.from({ length: 300 }, (_, index) => index);

let there: number;
let asked: string[];
let refuse: number | null;
let events: { changed: (what: string[]) => void; source: Source };

/** A host with a list of numbers. */
function answer(address: string): Response {
  asked.push(address);
  if (refuse !== null) return new Response(JSON.stringify({ detail: "no" }), { status: refuse });
  const query = new URL(address, "http://host").searchParams;
  const [from, limit] = [Number(query.get("cursor") ?? 0), Number(query.get("limit") ?? 50)];
  const next = from + limit < there ? String(from + limit) : null;
  return new Response(JSON.stringify({ items: ALL.slice(from, Math.min(from + limit, there)), next }));
}

class Source {
  onopen = () => {};
  onerror = () => {};
  constructor() {
    queueMicrotask(() => this.onopen());
  }
  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    if (name !== "changed") return;
    events = { changed: (what) => listener({ data: JSON.stringify({ what }) }), source: this };
  }
  close(): void {}
}

describe("a list", () => {
  let root: HTMLElement;
  let list: List<number>;

  function Probe({ q }: { q: string }) {
    list = useList<number>("/numbers", { q }, ["numbers"]);
    return null;
  }
  const shown = async (q: string) => {
    await act(() => render(<Probe q={q} />, root));
    await settled();
  };
  const pass = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
  const settled = () => pass(5);
  const slowly = () => {
    const slow = () => new Promise((resolve) => setTimeout(resolve, 100));
    vi.stubGlobal("fetch", (address: string) => slow().then(() => answer(address)));
  };

  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    refuse = null;
    there = 120;
    vi.stubGlobal("fetch", async (address: string) => answer(address));
    vi.stubGlobal("EventSource", Source);
    connect();
    root = document.createElement("div");
  });

  afterEach(() => {
    render(null, root);
    disconnect();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is read page by page, as far as somebody wants", async () => {
    await shown("");
    expect(list.items).toHaveLength(50);
    list.more();
    await settled();
    expect(list.items).toHaveLength(100);
    list.more();
    await settled();
    expect(list.items).toEqual(ALL.slice(0, 120));
    expect(list.hasMore).toBe(false);
  });

  it("begins anew with another filter, and shows nothing of the one before", async () => {
    await shown("a");
    list.more();
    await settled();
    await act(() => render(<Probe q="b" />, root));
    expect(list.items).toBeNull();
    await settled();
    expect(list.items).toHaveLength(50);
    expect(asked.at(-1)).toBe("/api/v1/numbers?q=b&limit=50");
  });

  it("is read again as far as it is shown when something has changed", async () => {
    await shown("");
    list.more();
    await settled();
    events.changed(["other"]);
    await settled();
    expect(asked).toHaveLength(2);
    events.changed(["numbers"]);
    await settled();
    expect(asked.at(-1)).toBe("/api/v1/numbers?limit=100");
    expect(list.items).toHaveLength(100);
  });

  it("is not kept from a further page by what changes meanwhile, which is read afterwards", async () => {
    await shown("");
    slowly();
    list.more();
    await settled();
    events.changed(["numbers"]);
    await pass(100);
    expect(list.items).toHaveLength(100);
    await pass(100);
    expect(asked.map((address) => address.split("?")[1])).toEqual([
      "limit=50",
      "limit=50&cursor=50",
      "limit=100",
    ]);
    expect(list.items).toHaveLength(100);
  });

  it("is read whatever is told meanwhile, and once more afterwards", async () => {
    slowly();
    await shown("");
    for (let time = 0; time < 3; time++) {
      events.changed(["numbers"]);
      await pass(20);
    }
    await pass(50);
    expect(list.items).toHaveLength(50);
    await pass(2_000);
    expect(asked).toHaveLength(2);
  });

  it("of more than one request gives is outdated by what is told, not by what is asked", async () => {
    there = 300;
    await shown("");
    for (let pages = 1; pages < 5; pages++) {
      list.more();
      await settled();
    }
    await pass(20_000);
    expect(list.items).toHaveLength(250);
    expect(list.outdated).toBe(false);
    events.changed(["numbers"]);
    await pass(1_000);
    expect(list.outdated).toBe(true);
    expect(asked).toHaveLength(5);
  });

  it("of more than one request gives is not cut short by what is told meanwhile", async () => {
    there = 300;
    await shown("");
    for (let pages = 1; pages < 4; pages++) {
      list.more();
      await settled();
    }
    slowly();
    list.more();
    await settled();
    events.changed(["numbers"]);
    await pass(200);
    expect(list.items).toHaveLength(250);
    expect(list.outdated).toBe(true);
  });

  it("stays where it was read when a further page is refused, and says so", async () => {
    await shown("");
    refuse = 503;
    list.more();
    await settled();
    expect(list.items).toHaveLength(50);
    expect(list.error?.message).toBe("no");
  });
});

describe("what is read", () => {
  it("is asked for anew where the stream was away: the answer may never come", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", Source);
    session.value = { state: "signed-in", me: { name: "ada", grants: [], read_only: false } };
    connect();
    const signals: (AbortSignal | null | undefined)[] = [];
    vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
      if (address.endsWith("/session")) return new Response(JSON.stringify({ name: "ada", grants: [] }));
      signals.push(init.signal);
      return new Promise(() => {});
    });
    function Probe() {
      useResource<number>("/number", {}, ["numbers"]);
      return null;
    }
    const root = document.createElement("div");
    await act(() => render(<Probe />, root));
    events.source.onerror();
    await act(async () => void (await vi.advanceTimersByTimeAsync(2_000)));
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
    render(null, root);
    disconnect();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("comes whatever is told meanwhile, and once more afterwards", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", Source);
    connect();
    const answers: ((response: Response) => void)[] = [];
    const signals: (AbortSignal | null | undefined)[] = [];
    vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
      signals.push(init.signal);
      return new Promise<Response>((resolve) => answers.push(resolve));
    });
    let data: number | null = null;
    function Probe() {
      data = useResource<number>("/number", {}, ["numbers"]).data;
      return null;
    }
    const root = document.createElement("div");
    const pass = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
    await act(() => render(<Probe />, root));
    events.changed(["numbers"]);
    await pass(20_000);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    answers[0]?.(new Response("1"));
    await pass(5);
    expect(data).toBe(1);
    answers[1]?.(new Response("2"));
    await pass(5);
    expect(data).toBe(2);
    expect(signals).toHaveLength(2);
    render(null, root);
    disconnect();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("of another path is not what was read before", async () => {
    refuse = null;
    vi.stubGlobal("fetch", async (address: string) => new Response(JSON.stringify({ address })));
    const root = document.createElement("div");
    let data: { address: string } | null = null;
    function Probe({ id }: { id: number }) {
      data = useResource<{ address: string }>(`/things/${id}`).data;
      return null;
    }
    await act(() => render(<Probe id={1} />, root));
    await vi.waitFor(() => expect(data?.address).toBe("/api/v1/things/1"));
    await act(() => render(<Probe id={2} />, root));
    await vi.waitFor(() => expect(data?.address).toBe("/api/v1/things/2"));
    render(null, root);
    vi.unstubAllGlobals();
  });
});
