import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, type Query, queryText } from "./client";
import { live, onChange } from "./live";
import { ApiError } from "./problem";
import { throttle } from "./throttle";

const RELOAD_MS = 1_000;
// What nobody says, or says late, is found by asking now and then.
const ASK_MS = 15_000;

export interface Resource<T> {
  data: T | null;
  error: ApiError | null;
  reload: () => void;
}

/** Calls back when one of these things may have changed, at most once a second. Of none: never. */
export function useChanges(topics: readonly string[], changed: () => void): void {
  const latest = useRef(changed);
  latest.current = changed;
  const key = topics.join();
  useEffect(() => {
    if (key === "") return;
    const told = throttle(() => latest.current(), RELOAD_MS);
    const stop = onChange((what) => {
      if (what.has("*") || key.split(",").some((topic) => what.has(topic))) told();
    });
    const asking = setInterval(() => {
      if (live.value === "live" && !document.hidden) told();
    }, ASK_MS);
    return () => {
      clearInterval(asking);
      stop();
      told.stop();
    };
  }, [key]);
}

/** What is at a path, read again when one of these things has changed. No path: nothing. */
export function useResource<T>(
  path: string | null,
  query: Query = {},
  topics: readonly string[] = [],
): Resource<T> {
  const [state, setState] = useState<{ at: string; data: T | null; error: ApiError | null } | null>(null);
  const at = path === null ? "" : path + queryText(query);
  const aborter = useRef<AbortController | null>(null);

  const load = useCallback(() => {
    aborter.current?.abort();
    if (at === "") return;
    const mine = new AbortController();
    aborter.current = mine;
    const { signal } = mine;
    get<T>(at, {}, signal).then(
      (data) => signal.aborted || setState({ at, data, error: null }),
      (error) =>
        signal.aborted ||
        setState((old) => ({ at, data: old?.at === at ? old.data : null, error: asError(error) })),
    );
  }, [at]);

  useEffect(() => {
    load();
    return () => aborter.current?.abort();
  }, [load]);
  useChanges(topics, load);

  const current = state?.at === at ? state : null;
  return { data: current?.data ?? null, error: current?.error ?? null, reload: load };
}

/** Whatever was thrown, as what is shown. */
export function asError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(-1, { detail: error instanceof Error ? error.message : String(error) });
}
