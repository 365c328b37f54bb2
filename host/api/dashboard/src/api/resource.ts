import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, type Query, queryText } from "./client";
import { live, onChange } from "./live";
import { PendingRequest } from "./pending-request";
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

/** Why something may have changed: it is asked for now and then, it was told of, or the stream
 * was away, and with it maybe the answers that are awaited. */
export type Why = "asked" | "told" | "away";

/** Calls back when one of these things may have changed, at most once a second. Of none: never. */
export function useChanges(topics: readonly string[], changed: (why: Why) => void): void {
  const latest = useRef(changed);
  latest.current = changed;
  const key = topics.join();
  useEffect(() => {
    if (key === "") return;
    let why: Why = "asked";
    const call = throttle(() => {
      latest.current(why);
      why = "asked";
    }, RELOAD_MS);
    const stop = onChange((what) => {
      if (what.has("*")) why = "away";
      else if (!key.split(",").some((topic) => what.has(topic))) return;
      else if (why === "asked") why = "told";
      call();
    });
    const asking = setInterval(() => {
      if (live.value === "live" && !document.hidden) call();
    }, ASK_MS);
    return () => {
      clearInterval(asking);
      stop();
      call.stop();
    };
  }, [key]);
}

interface State<T> {
  at: string;
  data: T | null;
  error: ApiError | null;
}

/** What is at a path, read again when one of these things has changed. No path: nothing. */
export function useResource<T>(
  path: string | null,
  query: Query = {},
  topics: readonly string[] = [],
): Resource<T> {
  const [state, setState] = useState<State<T> | null>(null);
  const at = path === null ? "" : path + queryText(query);
  const [request] = useState(() => new PendingRequest());

  const load = useCallback(() => {
    if (at === "") return;
    const signal = request.begin();
    const answered = (answer: (old: State<T> | null) => State<T>) => {
      if (signal.aborted) return;
      setState(answer);
      if (request.finish()) load();
    };
    get<T>(at, {}, signal).then(
      (data) => answered(() => ({ at, data, error: null })),
      (error) => answered((old) => ({ at, data: old?.at === at ? old.data : null, error: asError(error) })),
    );
  }, [at]);

  useEffect(() => {
    load();
    return () => request.abort();
  }, [load]);
  useChanges(topics, (why) => {
    if (!request.defers(why)) load();
  });

  const current = state?.at === at ? state : null;
  return { data: current?.data ?? null, error: current?.error ?? null, reload: load };
}

/** Whatever was thrown, as what is shown. */
export function asError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(-1, { detail: error instanceof Error ? error.message : String(error) });
}
