import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type List, useList } from "./list";
import { connect, disconnect } from "./live";
import { useResource } from "./resource";

const ALL = Array.from({ length: 120 }, (_, index) => index);

let asked: string[];
let refuse: number | null;
let events: { changed: (what: string[]) => void };

/** A host with a list of numbers. */
function answer(address: string): Response {
  asked.push(address);
  if (refuse !== null) return new Response(JSON.stringify({ detail: "no" }), { status: refuse });
  const query = new URL(address, "http://host").searchParams;
  const [from, limit] = [Number(query.get("cursor") ?? 0), Number(query.get("limit") ?? 50)];
  const next = from + limit < ALL.length ? String(from + limit) : null;
  return new Response(JSON.stringify({ items: ALL.slice(from, from + limit), next }));
}

class Source {
  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    if (name === "changed") events = { changed: (what) => listener({ data: JSON.stringify({ what }) }) };
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
  const settled = () => act(async () => void (await vi.advanceTimersByTimeAsync(5)));

  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    refuse = null;
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
    expect(list.items).toEqual(ALL);
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
    const slow = () => new Promise((resolve) => setTimeout(resolve, 100));
    vi.stubGlobal("fetch", (address: string) => slow().then(() => answer(address)));
    list.more();
    await settled();
    events.changed(["numbers"]);
    await act(async () => void (await vi.advanceTimersByTimeAsync(100)));
    expect(list.items).toHaveLength(100);
    await act(async () => void (await vi.advanceTimersByTimeAsync(100)));
    expect(asked.map((address) => address.split("?")[1])).toEqual([
      "limit=50",
      "limit=50&cursor=50",
      "limit=100",
    ]);
    expect(list.items).toHaveLength(100);
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
