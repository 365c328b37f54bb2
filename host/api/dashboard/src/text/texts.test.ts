import { describe, expect, it } from "vitest";
import { bytes, compact, counted, share } from "./numbers";
import { between, duration, every, relative, withMoments, withoutNoughts } from "./times";
import { shortDigest, title, valueText } from "./words";

describe("numbers", () => {
  it("are in full while they are short", () => {
    expect(compact(9_999)).toBe("9,999");
    expect(compact(1_234_567)).toBe("1.2M");
  });

  it("of bytes have the unit that fits", () => {
    expect(bytes(512)).toBe("512 B");
    expect(bytes(1_536)).toBe("1.5 KiB");
    expect(bytes(64 * 1024 * 1024)).toBe("64 MiB");
  });

  it("stand with their noun", () => {
    expect(counted(1, "run")).toBe("1 run");
    expect(counted(2_000, "entry", "entries")).toBe("2,000 entries");
  });

  it("are no share of nothing", () => {
    expect(share(1, 8)).toBe("12.5%");
    expect(share(0, 0)).toBe("–");
  });
});

describe("times", () => {
  const now = Date.parse("2026-01-02T00:00:00Z");

  it("have their two largest units, each tied to its number", () => {
    expect(duration(0)).toBe("0\u00a0s");
    expect(duration(0.25)).toBe("250\u00a0ms");
    expect(duration(2.25)).toBe("2.3\u00a0s");
    expect(duration(3_900)).toBe("1\u00a0h 5\u00a0min");
    expect(duration(86_400)).toBe("1\u00a0d");
    expect(duration(86_401)).toBe("1\u00a0d");
  });

  it("are told from now", () => {
    expect(relative("2026-01-01T23:00:00Z", now)).toBe("1\u00a0h\u00a0ago");
    expect(relative("2026-01-02T00:05:30Z", now)).toBe("in\u00a05\u00a0min");
    expect(relative("2026-01-02T00:00:00.500Z", now)).toBe("now");
  });

  it("that are none are shown as they came", () => {
    expect(relative("soon", now)).toBe("soon");
  });

  it("lie a distance apart that is never negative", () => {
    expect(between("2026-01-02T00:00:00Z", now + 1_500)).toBe(1.5);
    expect(between("2026-01-02T00:00:00Z", now - 1_500)).toBe(0);
  });

  it("are read in a text too, and lose a fraction of nothing", () => {
    expect(withMoments("its time, 2026-01-02T03:04:05.000000Z, comes")).toMatch(
      /^its time, Jan \d, 2026, .*, comes$/,
    );
    expect(withoutNoughts("2026-01-02T03:04:05.000000Z")).toBe("2026-01-02T03:04:05Z");
    expect(withoutNoughts("2026-01-02T03:04:05.120000Z")).toBe("2026-01-02T03:04:05.120000Z");
  });

  it("of a schedule say how often", () => {
    expect(every(240)).toBe("every\u00a04\u00a0h");
    expect(every(90)).toBe("every\u00a01\u00a0h 30\u00a0min");
  });
});

describe("words", () => {
  it("are those of people", () => {
    expect(title("rolled_back")).toBe("Rolled back");
    expect(shortDigest("sha256:0123456789abcdef")).toBe("0123456789ab");
  });

  it("of a value are on one line", () => {
    expect(valueText(null)).toBe("");
    expect(valueText(false)).toBe("false");
    expect(valueText({ a: [1] })).toBe('{"a":[1]}');
  });
});
