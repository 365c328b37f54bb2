const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const percentage = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A number in full: 1,234,567. */
export function count(value: number): string {
  return whole.format(value);
}

/** A number in few characters: 1.2M. */
export function compact(value: number): string {
  return value < 10_000 ? whole.format(Math.round(value)) : short.format(value);
}

/** A part of one: 12.5%. */
export function percent(part: number): string {
  return percentage.format(part);
}

/** How far something is: 99.9% until all of it is done. */
export function progress(part: number): string {
  return percent(Math.floor(part * 1000) / 1000);
}

/** A part of a whole, which may be nothing. */
export function share(part: number, all: number): string {
  return all === 0 ? "–" : percent(part / all);
}

export function bytes(value: number): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 1024 && unit < BYTES.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? scaled : scaled.toFixed(scaled < 10 ? 1 : 0)} ${BYTES[unit]}`;
}

/** `1 run`, `2 runs`; a plural that is not made with an s is given. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
