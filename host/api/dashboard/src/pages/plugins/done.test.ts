import { expect, test } from "vitest";
import type { Figure } from "../../api/plugins";
import { perMinute, sums } from "./done";

function figure(minute: number, digest: string, records: number): Figure {
  const at = new Date(minute * 60_000).toISOString();
  return {
    minute: at,
    version: "1.0.0",
    digest,
    records,
    rejected: 1,
    trapped: 0,
    seconds: records / 1000,
    memory: records * 10,
  };
}

const FIGURES = [figure(1, "a", 100), figure(1, "b", 400), figure(3, "a", 200)];

test("what a version did is summed up over the minutes, its memory is the most", () => {
  const [first, second] = sums(FIGURES);
  expect(first).toMatchObject({ digest: "b", records: 400 });
  expect(second).toMatchObject({ digest: "a", records: 300, rejected: 2, memory: 2000 });
  expect(second?.perSecond).toBeCloseTo(1000);
  expect(second?.micros).toBeCloseTo(1000);
});

test("a minute without records is a zero in the picture", () => {
  const { times, values } = perMinute(FIGURES, sums(FIGURES));
  expect(times).toEqual([60, 120, 180]);
  expect(values).toEqual([
    [400, 0, 0],
    [100, 0, 200],
  ]);
});
