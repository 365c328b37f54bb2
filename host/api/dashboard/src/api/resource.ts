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
  /** None where no answer is awaited. */
  const aborter = useRef<AbortController | null>(null);
  const missed = useRef(false);

  const load = useCallback(() => {
    aborter.current?.abort();
    missed.current = false;
    if (at === "") return;
    const mine = new AbortController();
    aborter.current = mine;
    const answered = (answer: (old: State<T> | null) => State<T>) => {
      if (mine.signal.aborted) return;
      aborter.current = null;
      setState(answer);
      if (missed.current) load();
    };
    get<T>(at, {}, mine.signal).then(
      (data) => answered(() => ({ at, data, error: null })),
      (error) => answered((old) => ({ at, data: old?.at === at ? old.data : null, error: asError(error) })),
    );
  }, [at]);

  useEffect(() => {
    load();
    return () => aborter.current?.abort();
  }, [load]);
  useChanges(topics, (why) => {
    if (aborter.current === null || why === "away") load();
    else if (why === "told") missed.current = true;
  });

  const current = state?.at === at ? state : null;
  return { data: current?.data ?? null, error: current?.error ?? null, reload: load };
}

/** Whatever was thrown, as what is shown. */
export function asError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(-1, { detail: error instanceof Error ? error.message : String(error) });
}
