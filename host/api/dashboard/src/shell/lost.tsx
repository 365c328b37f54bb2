import { CloudOff } from "lucide";
import { live, lostAt, reconnect } from "../api/live";
import { Icon } from "../parts/icon";
import { now } from "../text/clock";
import { duration } from "../text/times";

// A stream that is back after a moment is nobody's concern.
const CONCERN_SECONDS = 2;

/** Says that the page no longer hears of what changes, and since when. */
export function LostBanner() {
  const since = lostAt.value;
  const seconds = since === null ? 0 : (now.value - since) / 1000;
  const shown = live.value === "lost" && seconds >= CONCERN_SECONDS;
  return (
    <div class={shown ? "lost" : ""}>
      {shown && <Icon of={CloudOff} />}
      <span>
        {/* Without the seconds: a screen reader would be told each of them. */}
        <span role="status">{shown && "The host does not answer."}</span>
        {shown && ` What you see is ${duration(Math.floor(seconds))} old.`}
      </span>
      {shown && (
        <button type="button" class="quiet" onClick={() => void reconnect()}>
          Reconnect now
        </button>
      )}
    </div>
  );
}
