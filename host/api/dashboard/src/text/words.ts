import { jsonText } from "./json";

/** A name of the API as people read it: `rolled_back` is `rolled back`. */
export function plain(word: string): string {
  return word.replaceAll("_", " ");
}

/** The same with a capital. */
export function title(word: string): string {
  const text = plain(word);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The start of a digest, as much as tells it from others. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

/** A value of a column or of JSON, on one line. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? jsonText(value) : String(value);
}
