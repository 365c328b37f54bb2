import type { Replay } from "../../api/work";

/** Which version maps what is replayed. */
export function mappedBy({ plugin, version }: Replay): string {
  return plugin ? `${plugin} ${version ?? ""}`.trim() : (version ?? "whichever is active");
}
