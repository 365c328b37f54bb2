import { beforeEach, describe, expect, it } from "vitest";
import { PendingRequest } from "./pending-request";

describe("a request", () => {
  let request: PendingRequest;

  beforeEach(() => {
    request = new PendingRequest();
  });

  it("defers what is told while its answer is awaited, and neither before nor afterwards", () => {
    expect(request.defers("told")).toBe(false);
    request.begin();
    expect(request.defers("told")).toBe(true);
    request.finish();
    expect(request.defers("told")).toBe(false);
  });

  it("is not aborted by what is told meanwhile, however often, and says once that it missed it", () => {
    const signal = request.begin();
    request.defers("told");
    request.defers("told");
    expect(signal.aborted).toBe(false);
    expect(request.finish()).toBe(true);
    expect(request.finish()).toBe(false);
  });

  it("misses nothing that is only asked for now and then, and forgets nothing by it", () => {
    request.begin();
    expect(request.defers("asked")).toBe(true);
    expect(request.finish()).toBe(false);
    request.begin();
    request.defers("told");
    request.defers("asked");
    expect(request.finish()).toBe(true);
  });

  it("does not defer that the stream was away: its answer may never come", () => {
    request.begin();
    expect(request.defers("away")).toBe(false);
  });

  it("takes the place of the one before, and has what that one missed", () => {
    const before = request.begin();
    request.defers("told");
    const signal = request.begin();
    expect([before.aborted, signal.aborted]).toEqual([true, false]);
    expect(request.finish()).toBe(false);
  });

  it("that is given up misses nothing, and defers nothing any more", () => {
    const signal = request.begin();
    request.defers("told");
    request.abort();
    expect(signal.aborted).toBe(true);
    expect(request.defers("told")).toBe(false);
    expect(request.finish()).toBe(false);
  });
});
