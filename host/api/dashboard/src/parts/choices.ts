import { useEffect, useRef, useState } from "preact/hooks";
import type { Query } from "../api/client";
import { LARGEST, type Page } from "../api/pages";
import { useResource } from "../api/resource";

const TYPING_MS = 250;

/** What can be chosen. */
export interface Option {
  value: string;
  label: string;
}

/** What can be chosen of a list of the API. */
export interface Choices {
  /** The first of them. */
  first: Option[];
  /** Whether these are all. */
  isAll: boolean;
  /** Those that were searched for last. */
  found: Option[];
  search: (text: string) => void;
}

/** What a list has, which can be searched by `q` where it is more than one request gives. */
export function useChoices<T>(
  path: string,
  query: Query,
  topics: readonly string[],
  option: (item: T) => Option,
): Choices {
  const [text, setText] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const all = useResource<Page<T>>(path, { ...query, limit: LARGEST }, topics);
  const isAll = all.data?.next == null;
  const searched = isAll || text === "" ? null : path;
  const found = useResource<Page<T>>(searched, { ...query, q: text, limit: LARGEST }, topics);
  const options = (page: Page<T> | null) => page?.items.map(option) ?? [];
  return {
    first: options(all.data),
    isAll,
    found: options(found.data ?? all.data),
    search: (text) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setText(text), TYPING_MS);
    },
  };
}

/** Those choices that are let through. */
export function among(choices: Choices, isOne: (option: Option) => boolean): Choices {
  return {
    ...choices,
    first: choices.first.filter(isOne),
    found: choices.found.filter(isOne),
  };
}

/** Whether there is anything to choose between. */
export function isChoice({ first, isAll }: Choices): boolean {
  return first.length > 1 || !isAll;
}
