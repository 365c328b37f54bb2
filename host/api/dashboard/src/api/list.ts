import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { get, type Query, queryText } from "./client";
import { append, first, LARGEST, PAGE, type Page, type Pages, refreshLimit } from "./pages";
import { PendingRequest } from "./pending-request";
import type { ApiError } from "./problem";
import { asError, useChanges, type Why } from "./resource";

export interface List<T> {
  /** None while the first page is awaited. */
  items: T[] | null;
  error: ApiError | null;
  hasMore: boolean;
  loading: boolean;
  /** Something has changed that is not shown: there is too much of it to load it all again. */
  outdated: boolean;
  more: () => void;
  refresh: () => void;
}

interface State<T> {
  at: string;
  pages: Pages<T> | null;
  error: ApiError | null;
  loading: boolean;
}

/** A list, page by page. */
export function useList<T>(path: string | null, query: Query, topics: readonly string[] = []): List<T> {
  const at = path === null ? "" : path + queryText(query);
  const [state, setState] = useState<State<T>>({ at, pages: null, error: null, loading: true });
  const latest = useRef(state);
  latest.current = state;
  const [request] = useState(() => new PendingRequest());

  const load = useCallback(
    (extra: Query, combine: (old: Pages<T> | null, page: Page<T>) => Pages<T>) => {
      if (at === "") return;
      const signal = request.begin();
      const seen = () => (latest.current.at === at ? latest.current.pages : null);
      setState({ at, pages: seen(), error: null, loading: true });
      const separator = at.includes("?") ? "&" : "?";
      get<Page<T>>(at + separator + queryText(extra).slice(1), {}, signal).then(
        (page) =>
          signal.aborted || setState({ at, pages: combine(seen(), page), error: null, loading: false }),
        (error) => signal.aborted || setState({ at, pages: seen(), error: asError(error), loading: false }),
      );
    },
    [at],
  );

  const refresh = useCallback(() => {
    const pages = latest.current.at === at ? latest.current.pages : null;
    const limit = (pages && refreshLimit(pages)) ?? (pages ? LARGEST : PAGE);
    load({ limit }, (_, page) => first(page));
  }, [load]);

  useEffect(() => {
    load({ limit: PAGE }, (_, page) => first(page));
    return () => request.abort();
  }, [load]);

  const renew = (why: Why) => {
    const { pages } = latest.current;
    if (pages === null || refreshLimit(pages) !== null) refresh();
    else if (why !== "asked") setState(outdated);
  };
  useChanges(topics, (why) => {
    if (!request.defers(why)) renew(why);
  });
  // Not before the answer is shown, as how much to ask for follows from it; nor later, when
  // another request may be under way.
  useLayoutEffect(() => {
    if (!state.loading && request.finish()) renew("told");
  }, [state]);

  const current = state.at === at ? state : null;
  const more = () => {
    const next = current?.pages?.next;
    if (!next) return;
    load({ limit: PAGE, cursor: next }, (old, page) => (old ? append(old, page) : first(page)));
  };
  return { ...shown(current), more, refresh };
}

function outdated<T>(old: State<T>): State<T> {
  return { ...old, pages: old.pages && { ...old.pages, outdated: true } };
}

function shown<T>(current: State<T> | null): Omit<List<T>, "more" | "refresh"> {
  const pages = current?.pages ?? null;
  return {
    items: pages?.items ?? null,
    error: current?.error ?? null,
    hasMore: pages?.next != null,
    loading: current?.loading ?? true,
    outdated: pages?.outdated ?? false,
  };
}
