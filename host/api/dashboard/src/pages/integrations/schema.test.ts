import { describe, expect, it } from "vitest";
import type { Schema } from "../../api/sources";
import { defaultText, mistakeIn, type Setting, settingsOf, typedOf, valuesOf } from "./schema";

const schema: Schema = {
  type: "object",
  required: ["email", "overlap_minutes"],
  properties: {
    email: { type: "string", description: "The address of the account" },
    anonymous: { type: "boolean", default: false },
    overlap_minutes: { type: "integer", default: 5, minimum: 0 },
    flavour: { enum: ["cloud", 2] },
    labels: { type: "array", items: { type: "string" }, default: ["a", "b"] },
    mapping: { type: "object" },
  },
};
const settings = settingsOf(schema);
const named = (name: string) => settings.find((one) => one.name === name) as Setting;

describe("a form of a schema", () => {
  it("has a control for each setting, in their order", () => {
    expect(settings.map((one) => one.kind)).toEqual(["text", "flag", "number", "choice", "lines", "json"]);
  });

  it("insists on what is required and has no default", () => {
    expect(settings.filter((one) => one.required).map((one) => one.name)).toEqual(["email"]);
  });

  it("says what a setting is that is left alone", () => {
    expect(defaultText(named("overlap_minutes"))).toBe("5");
    expect(defaultText(named("labels"))).toBe("a\nb");
    expect(defaultText(named("email"))).toBe("");
  });

  it("gives values of the types that the schema asks for", () => {
    const typed = {
      email: "ada@example.org",
      anonymous: "true",
      overlap_minutes: "7",
      flavour: "2",
      labels: " x \n\ny",
      mapping: '{"a":1}',
    };
    expect(valuesOf(settings, typed)).toEqual({
      email: "ada@example.org",
      anonymous: true,
      overlap_minutes: 7,
      flavour: 2,
      labels: ["x", "y"],
      mapping: { a: 1 },
    });
  });

  it("shows what is stored as it would have been typed", () => {
    const stored = { anonymous: true, overlap_minutes: 7, flavour: 2, labels: ["x", "y"], mapping: { a: 1 } };
    const typed = typedOf(settings, { ...stored, of_a_transform: 1 });
    expect(typed.labels).toBe("x\ny");
    expect(valuesOf(settings, typed)).toEqual(stored);
  });

  it("leaves out what was left alone", () => {
    expect(valuesOf(settings, { email: "", anonymous: "false" })).toEqual({ anonymous: false });
  });

  it("finds JSON that is none", () => {
    expect(mistakeIn(named("mapping"), "{")).toBe("This is no JSON.");
    expect(mistakeIn(named("mapping"), "")).toBeNull();
    expect(mistakeIn(named("email"), "{")).toBeNull();
  });

  it("of a source without settings is empty", () => {
    expect(settingsOf(null)).toEqual([]);
  });
});
