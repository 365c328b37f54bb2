import { describe, expect, it } from "vitest";
import type { RunDetail } from "../../api/work";
import { linesOf } from "./lines";

const at = (second: number) => `2026-11-28T12:00:0${second}.000000Z`;
const run = (more: Partial<RunDetail>) =>
  ({
    created_at: at(0),
    started_at: at(1),
    finished_at: null,
    state: "running",
    problems: [],
    notes: [],
    skipped: [],
    ...more,
  }) as unknown as RunDetail;

describe("the log of a run", () => {
  it("has what was waited for and what went wrong between its beginning and its end", () => {
    const problems = [{ message: "gone", at: at(5) }];
    const notes = [{ message: "used up", times: 3, first_at: at(3), last_at: at(6) }];
    const lines = linesOf(run({ problems, notes, state: "failed", finished_at: at(7) }));
    expect(lines.map(({ message }) => message)).toEqual(["asked for", "begun", "used up", "gone", "failed"]);
    expect(lines[2]).toEqual({ at: at(3), message: "used up", times: 3, last: at(6) });
  });

  it("has no end while the run goes on", () => {
    expect(linesOf(run({})).map(({ message }) => message)).toEqual(["asked for", "begun"]);
    expect(linesOf(run({ started_at: null })).map(({ message }) => message)).toEqual(["asked for"]);
  });
});
