import { describe, expect, it } from "vitest";
import { jsonText, laidOut, readJson } from "./json";

describe("JSON", () => {
  it("has large whole numbers as they are", () => {
    const text = '{"id":9007199254740993,"n":-7,"part":0.5,"list":[18446744073709551615]}';
    const value = readJson(text) as { id: unknown; n: unknown; part: unknown };
    expect(String(value.id)).toBe("9007199254740993");
    expect([value.n, value.part]).toEqual([-7, 0.5]);
    expect(jsonText(value)).toBe(text);
  });

  it("has no other types where numbers are small", () => {
    expect(readJson('{"a":[1,9007199254740991,1e300],"b":"90071992547409931"}')).toEqual({
      a: [1, 9007199254740991, 1e300],
      b: "90071992547409931",
    });
  });

  it("that a service sent keeps the digits of every number when it is laid out", () => {
    expect(laidOut('{"a":1.10,"b":123456789012345678901234}')).toBe(
      '{\n  "a": 1.10,\n  "b": 123456789012345678901234\n}',
    );
    expect(laidOut("no JSON")).toBe("no JSON");
  });
});
