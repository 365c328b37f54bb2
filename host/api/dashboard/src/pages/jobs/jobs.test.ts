import { describe, expect, it } from "vitest";
import type { Run } from "../../api/work";
import { changedFields, words } from "./changes";
import { durations } from "./durations";

describe("a change of a schedule", () => {
  it("has only what is changed", () => {
    const job = { every_minutes: 5, depends_on: ["a"], priority: 1 };
    expect(changedFields(job, { every_minutes: 5, depends_on: ["a", "b"] })).toEqual({
      depends_on: ["a", "b"],
    });
  });

  it("takes names with whatever stands between them", () => {
    expect(words(" a, b\nc ,")).toEqual(["a", "b", "c"]);
  });
});

describe("the durations of runs", () => {
  const run = (started: string | null, finished: string | null, state: Run["state"]) =>
    ({ started_at: started, finished_at: finished, state }) as Run;

  it("are of those that have ended, oldest first, by how they ended", () => {
    const found = durations([
      run("1970-01-01T00:01:40Z", "1970-01-01T00:01:50Z", "failed"),
      run("1970-01-01T00:01:00Z", null, "running"),
      run("1970-01-01T00:00:10Z", "1970-01-01T00:00:15Z", "succeeded"),
    ]);
    expect(found).toEqual({ times: [10, 100], succeeded: [5, null], others: [null, 10] });
  });
});
