import { parse, stringify } from "lossless-json";

// With fewer digits every whole number is told from its neighbours.
const MANY_DIGITS = /\d{16}/;

/** JSON as it is worked with: a whole number that is too large to be exact as a number is a bigint. */
export function readJson(text: string): unknown {
  return MANY_DIGITS.test(text) ? parse(text, undefined, exactNumber) : JSON.parse(text);
}

/** The number of these digits: a whole one as exact as they are. */
export function exactNumber(digits: string): number | bigint {
  const number = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(number) ? BigInt(digits) : number;
}

/** What was read, as JSON again. */
export function jsonText(value: unknown, indent?: number): string {
  return stringify(value, undefined, indent) ?? "null";
}

/** JSON as somebody sent it, laid out: each number has the digits that it had. What is none stays as it is. */
export function laidOut(text: string): string {
  try {
    return jsonText(parse(text), 2);
  } catch {
    return text;
  }
}
