/** Between what no line may break: a number and its unit. */
const TIED = "\u00a0";

const UNITS: [string, number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

const full = new Intl.DateTimeFormat("en", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/** How long something takes, in its two largest units: `1 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 1) return seconds <= 0 ? `0${TIED}s` : `${Math.max(1, Math.round(seconds * 1000))}${TIED}ms`;
  if (seconds < 10) return `${Number(seconds.toFixed(1))}${TIED}s`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const number = Math.floor(rest / size);
    rest -= number * size;
    if (number > 0) parts.push(`${number}${TIED}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/** How long ago or how soon something is, in its largest unit. */
export function relative(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1000;
  if (Number.isNaN(seconds)) return time;
  const distance = Math.abs(seconds);
  if (distance < 1.5) return "now";
  const text = roughly(distance);
  return seconds > 0 ? `in${TIED}${text}` : `${text}${TIED}ago`;
}

/** How long something takes, in its largest unit: `4 min`. */
export function roughly(seconds: number): string {
  for (const [unit, size] of UNITS) {
    if (seconds >= size) return `${Math.floor(seconds / size)}${TIED}${unit}`;
  }
  return `1${TIED}s`;
}

/** A moment in full, in the zone of who looks at it. */
export function moment(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.valueOf()) ? time : full.format(date);
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

/** A text with its moments as who looks at it reads them. */
export function withMoments(text: string): string {
  return text.replace(INSTANT, moment);
}

/** A moment as the API writes it, without a fraction that says nothing. */
export function withoutNoughts(time: string): string {
  return time.replace(/\.0+Z$/, "Z");
}

/** The seconds from one moment to another. */
export function between(from: string, to: string | number): number {
  const end = typeof to === "number" ? to : Date.parse(to);
  return Math.max(0, (end - Date.parse(from)) / 1000);
}

/** An interval in minutes: `every 4 h`. */
export function every(minutes: number): string {
  return `every${TIED}${duration(minutes * 60)}`;
}
