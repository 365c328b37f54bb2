import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { get, queryText, send, whenSignedOut } from "./client";
import { append, first, PAGE, type Pages, refreshLimit } from "./pages";
import { ApiError } from "./problem";
import { give, session, signOut } from "./session";
import { throttle } from "./throttle";

describe("a list", () => {
  const pages = (shown: number): Pages<number> => ({
    items: Array(shown).fill(0),
    next: null,
    outdated: false,
  });

  it("grows by a page, and knows where the next begins", () => {
    const one = first({ items: [1, 2], next: "a" });
    expect(append(one, { items: [3], next: null })).toEqual({
      items: [1, 2, 3],
      next: null,
      outdated: false,
    });
  });

  it("is read anew as far as it is shown, unless that is more than one request gives", () => {
    expect(refreshLimit(pages(3))).toBe(PAGE);
    expect(refreshLimit(pages(150))).toBe(150);
    expect(refreshLimit(pages(201))).toBeNull();
  });
});

describe("a query", () => {
  it("leaves out what is empty, and repeats what is a list", () => {
    expect(queryText({ q: "a b", tenant: "", state: null, where: ["a:eq:1", "b:eq:2"] })).toBe(
      "?q=a+b&where=a%3Aeq%3A1&where=b%3Aeq%3A2",
    );
    expect(queryText({ tenant: undefined })).toBe("");
  });
});

describe("a grant", () => {
  const grants = [
    { tenant: "acme", role: "operator" as const },
    { tenant: "globex", role: "viewer" as const },
  ];

  it("holds for its tenant, and for what lesser roles may", () => {
    expect(give(grants, "viewer", "acme")).toBe(true);
    expect(give(grants, "operator", "globex")).toBe(false);
    expect(give(grants, "admin", "acme")).toBe(false);
  });

  it("of one tenant is none of every tenant", () => {
    expect(give(grants, "viewer", null)).toBe(false);
    expect(give([{ tenant: null, role: "admin" }], "operator", "acme")).toBe(true);
    expect(give([], "viewer", null)).toBe(false);
  });
});

describe("a call", () => {
  const answers = (...list: (Response | Error)[]) => {
    const mock = vi.fn(async (_: string, __?: RequestInit) => {
      const answer = list.shift();
      if (!(answer instanceof Response)) throw answer;
      return answer;
    });
    vi.stubGlobal("fetch", mock);
    return mock;
  };
  const problem = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("finds the mistakes of fields in the answer", async () => {
    answers(problem(422, { detail: "no", errors: [{ field: "settings.email", message: "is needed" }] }));
    const error = await get("/x").catch((error: ApiError) => error);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).message).toBe("no");
    expect((error as ApiError).field("email")).toBe("is needed");
    expect((error as ApiError).field("mail")).toBeUndefined();
  });

  it("tells that the session has ended", async () => {
    const ended = vi.fn();
    whenSignedOut(ended);
    answers(problem(401, {}));
    await get("/jobs").catch(() => {});
    expect(ended).toHaveBeenCalledOnce();
  });

  it("that changes something is sent again with the same key where no answer came", async () => {
    const mock = answers(new TypeError("network"), new Response(JSON.stringify({ id: 1 })));
    const sent = send("POST", "/jobs/1/run");
    await vi.runAllTimersAsync();
    expect(await sent).toEqual({ id: 1 });
    const keys = mock.mock.calls.map(([, init]) => new Headers(init?.headers).get("idempotency-key"));
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it("that is under way is asked for until it is done", async () => {
    const underWay = () => problem(409, { type: "/problems/under-way", detail: "ask again" });
    const mock = answers(new TypeError("network"), underWay(), underWay(), problem(200, { id: 1 }));
    const sent = send("POST", "/jobs/1/run");
    await vi.runAllTimersAsync();
    expect(await sent).toEqual({ id: 1 });
    expect(mock).toHaveBeenCalledTimes(4);
  });

  it("that signs out is done where the session has ended, and not where it was refused", async () => {
    session.value = { state: "signed-in", me: { name: "ada", grants: [], read_only: false } };
    answers(problem(503, { detail: "not now" }), problem(401, {}));
    await expect(signOut()).rejects.toThrow("not now");
    expect(session.value.state).toBe("signed-in");
    await signOut();
    expect(session.value).toEqual({ state: "signed-out", expired: false });
  });

  it("that was refused is not sent again", async () => {
    const mock = answers(problem(403, { detail: "read-only" }));
    await expect(send("POST", "/jobs/1/run")).rejects.toThrow("read-only");
    expect(mock).toHaveBeenCalledOnce();
  });
});

describe("what is throttled", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is done at once, then once in a while, and the last is never lost", () => {
    const call = vi.fn();
    const throttled = throttle(call, 1_000);
    throttled();
    vi.advanceTimersByTime(0);
    expect(call).toHaveBeenCalledTimes(1);
    throttled();
    throttled();
    expect(call).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it("is not done after it was stopped", () => {
    const call = vi.fn();
    const throttled = throttle(call, 1_000);
    throttled();
    throttled.stop();
    vi.advanceTimersByTime(2_000);
    expect(call).not.toHaveBeenCalled();
  });
});
