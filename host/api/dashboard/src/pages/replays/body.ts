import type { Plugin } from "../../api/plugins";

/** A replay as it is being filled in: nothing is an empty text. */
export interface Draft {
  plugin: string;
  version: string;
  tenant: string;
  since: string;
  until: string;
}

export const EMPTY: Draft = { plugin: "", version: "", tenant: "", since: "", until: "" };

/** The same as the API has it. Times are those of who fills it in. */
export function replayBody(draft: Draft, plugin: Plugin): Record<string, string> {
  const fields: [string, string][] = [
    ["entity", plugin.entity ?? plugin.name],
    ["source", plugin.source],
    ["version", draft.version],
    ["tenant", draft.tenant],
    ["since", draft.since && new Date(draft.since).toISOString()],
    ["until", draft.until && new Date(draft.until).toISOString()],
  ];
  return Object.fromEntries(fields.filter(([, value]) => value !== ""));
}
