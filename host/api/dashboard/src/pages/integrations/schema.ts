import type { Schema } from "../../api/sources";
import { exactNumber, jsonText, readJson } from "../../text/json";
import { valueText } from "../../text/words";

/** A setting as a form shows it. */
export interface Setting {
  name: string;
  label: string;
  hint: string | undefined;
  required: boolean;
  kind: "text" | "number" | "flag" | "choice" | "lines" | "json";
  schema: Schema;
}

/** What is typed, by setting; a setting that is left alone is empty. */
export type Typed = Record<string, string>;

/** The settings that a source's schema declares, in its order. */
export function settingsOf(schema: Schema | null): Setting[] {
  const required = new Set(schema?.required ?? []);
  return Object.entries(schema?.properties ?? {}).map(([name, of]) => ({
    name,
    label: of.title ?? labelOf(name),
    hint: of.description,
    required: required.has(name) && of.default === undefined,
    kind: kindOf(of),
    schema: of,
  }));
}

/** What somebody who leaves a setting alone gets. */
export function defaultText({ schema }: Setting): string {
  const { default: value } = schema;
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.join("\n");
  return valueText(value);
}

/** The settings as the API has them: those alone that were typed. */
export function valuesOf(settings: Setting[], typed: Typed): Record<string, unknown> {
  const given = settings.filter((setting) => (typed[setting.name] ?? "") !== "");
  return Object.fromEntries(
    given.map((setting) => [setting.name, typedValue(setting, typed[setting.name] ?? "")]),
  );
}

/** Settings that are stored, as they would have been typed. */
export function typedOf(settings: Setting[], stored: Record<string, unknown>): Typed {
  const known = settings.filter(({ name }) => stored[name] !== undefined && stored[name] !== null);
  return Object.fromEntries(known.map((setting) => [setting.name, textOf(setting, stored[setting.name])]));
}

function textOf({ kind }: Setting, value: unknown): string {
  if (kind === "json") return jsonText(value);
  return Array.isArray(value) ? value.join("\n") : String(value);
}

/** What is wrong with what was typed, that the browser does not see itself. */
export function mistakeIn(setting: Setting, text: string): string | null {
  if (setting.kind !== "json" || text === "") return null;
  try {
    readJson(text);
    return null;
  } catch {
    return "This is no JSON.";
  }
}

function typedValue({ kind, schema }: Setting, text: string): unknown {
  switch (kind) {
    case "number":
      return exactNumber(text);
    case "flag":
      return text === "true";
    case "choice":
      return schema.enum?.find((one) => String(one) === text) ?? text;
    case "lines":
      return text
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean);
    case "json":
      return readJson(text);
    case "text":
      return text;
  }
}

function kindOf(schema: Schema): Setting["kind"] {
  if (schema.enum) return "choice";
  switch (schema.type) {
    case "boolean":
      return "flag";
    case "integer":
    case "number":
      return "number";
    case "string":
      return "text";
    case "array":
      return schema.items?.type === "string" ? "lines" : "json";
    default:
      return "json";
  }
}

function labelOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
