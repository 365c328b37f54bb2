/** What two texts begin with, what each has alone, and what both end with. */
export function apart(old: string, now: string): [before: string, old: string, now: string, after: string] {
  const [one, other] = [Array.from(old), Array.from(now)];
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const text = (chars: string[], from: number, to: number) => chars.slice(from, to).join("");
  return [
    text(one, 0, start),
    text(one, start, one.length - end),
    text(other, start, other.length - end),
    text(one, one.length - end, one.length),
  ];
}
