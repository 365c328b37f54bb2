export const WAYS = ["activate", "shadow", "canary"] as const;
export type Way = (typeof WAYS)[number];

/** An activation as it is being filled in. */
export interface Draft {
  way: Way;
  percent: number;
  /** Empty: every tenant. None: not chosen yet. */
  tenant: string | undefined;
  max_errors: string;
  max_differences: string;
}

export const START: Draft = { way: "activate", percent: 5, tenant: "", max_errors: "", max_differences: "" };

/** Where an activation, or a trial, is asked for. */
export function path(way: Way, plugin: string): string {
  return way === "activate" ? `/plugins/${encodeURIComponent(plugin)}/activate` : "/trials";
}

/** What is asked there. */
export function wayBody(draft: Draft, plugin: string, version: string): Record<string, unknown> {
  const tenant = draft.tenant ? { tenant: draft.tenant } : {};
  if (draft.way === "activate") return { version, ...tenant };
  return {
    plugin,
    version,
    kind: draft.way,
    ...tenant,
    ...(draft.way === "canary" && { percent: draft.percent }),
    ...(draft.max_errors !== "" && { max_errors: Number(draft.max_errors) }),
    ...(draft.max_differences !== "" && { max_differences: Number(draft.max_differences) }),
  };
}
