import { progress } from "../text/numbers";
import { duration } from "../text/times";

interface Props {
  label: string;
  /** From 0 to 1. */
  done: number | null;
  seconds?: number | null;
  /** What is under way where that much is known. */
  now?: string | false;
}

/** How far something is, and how long the rest takes, as far as it is known. */
export function Progress({ label, done, seconds, now }: Props) {
  return (
    <div class="progress">
      <progress aria-label={label} value={done ?? undefined} max={1} />
      <span>
        {done === null ? "how much there is, is not known yet" : progress(done)}
        {now && ` · ${now}`}
        {seconds != null && ` · ${duration(seconds)} left`}
      </span>
    </div>
  );
}
