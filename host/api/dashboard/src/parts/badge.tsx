import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CirclePlay,
  CircleSlash,
  Clock,
  type IconNode,
} from "lucide";
import { plain } from "../text/words";
import { Icon } from "./icon";

type Tone = "good" | "bad" | "busy" | "warn" | "quiet";

const LOOKS: Record<string, [Tone, IconNode]> = {
  running: ["busy", CirclePlay],
  scheduled: ["quiet", Clock],
  waiting: ["warn", CircleDashed],
  paused: ["quiet", CirclePause],
  failing: ["bad", CircleAlert],
  failed: ["bad", CircleAlert],
  succeeded: ["good", CircleCheck],
  finished: ["good", CircleCheck],
  promoted: ["good", CircleCheck],
  active: ["good", CircleCheck],
  cancelled: ["quiet", CircleSlash],
  replaced: ["quiet", CircleSlash],
  rolled_back: ["bad", CircleSlash],
  stuck: ["bad", CircleAlert],
};

/** A state, by its word, a picture and a colour. */
export function State({ of }: { of: string }) {
  const [tone, icon] = LOOKS[of] ?? ["quiet", CircleDashed];
  return (
    <span class={`badge ${tone}`}>
      <Icon of={icon} size={13} />
      {plain(of)}
    </span>
  );
}

/** A word about something, such as `signed`. */
export function Tag({ tone = "quiet", children }: { tone?: Tone; children: preact.ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}
