import { percent } from "../text/numbers";
import { duration } from "../text/times";

/** How far something is, and how long the rest takes, as far as it is known. */
export function Progress({
  done,
  seconds,
  label,
}: {
  done: number | null;
  seconds?: number | null;
  label: string;
}) {
  return (
    <div class="progress">
      <progress aria-label={label} value={done ?? undefined} max={1} />
      <span>
        {done === null ? "how much there is, is not known yet" : percent(done)}
        {seconds != null && ` · ${duration(seconds)} left`}
      </span>
    </div>
  );
}
