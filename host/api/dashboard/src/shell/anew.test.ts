import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readAnew } from "./anew";

describe("a page that lacks a part of itself", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is read anew once its host answers, and not before", async () => {
    const answers = [new TypeError("network"), new Response("", { status: 503 }), new Response("ok")];
    const ask = vi.fn(async () => {
      const answer = answers.shift();
      if (!(answer instanceof Response)) throw answer;
      return answer;
    });
    const reload = vi.fn();
    vi.stubGlobal("fetch", ask);
    vi.stubGlobal("location", { reload });
    const read = readAnew();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(reload).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    await read;
    expect(ask).toHaveBeenCalledTimes(3);
    expect(reload).toHaveBeenCalledOnce();
  });
});
