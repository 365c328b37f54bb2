import { now } from "../text/clock";
import { between, duration, moment, relative } from "../text/times";

/** A moment relative to now; what it is in full shows when it is pointed at. */
export function When({ at, none = "–" }: { at: string | null | undefined; none?: string }) {
  if (!at) return <span class="dim">{none}</span>;
  return (
    <time dateTime={at} title={moment(at)}>
      {relative(at, now.value)}
    </time>
  );
}

/** A moment in full. */
export function Moment({ at }: { at: string | null | undefined }) {
  return at ? <time dateTime={at}>{moment(at)}</time> : <span class="dim">–</span>;
}

/** How long something took, or takes so far. */
export function Took({ from, to }: { from: string | null; to: string | null }) {
  if (!from) return <span class="dim">–</span>;
  return <span>{duration(between(from, to ?? now.value))}</span>;
}
