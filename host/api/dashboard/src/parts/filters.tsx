import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { title } from "../text/words";

const TYPING_MS = 250;

/** The filters of a page, which its address holds so that what is seen can be shared. */
export function useFilters() {
  const { url, path, route } = useLocation();
  const { path: own } = useRoute();
  // While the next page is loaded this one stays, and the address is no longer its own.
  const last = useRef(url);
  if (path === own) last.current = url;
  const at = new URL(last.current, location.origin);
  const set = (changes: Record<string, string | string[] | null>) => {
    // As it is by now: what is typed is set late, and another filter may have been set meanwhile.
    const next = new URL(location.href);
    if (next.pathname !== at.pathname) return;
    for (const [name, value] of Object.entries(changes)) {
      next.searchParams.delete(name);
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one) next.searchParams.append(name, one);
      }
    }
    route(next.pathname + next.search, true);
  };
  return {
    get: (name: string) => at.searchParams.get(name) ?? "",
    /** What a list is asked for, by these. */
    query: <Name extends string>(...names: Name[]) => {
      const values = names.map((name) => [name, at.searchParams.get(name) ?? ""]);
      return Object.fromEntries(values) as Record<Name, string>;
    },
    all: (name: string) => at.searchParams.getAll(name),
    set,
  };
}

export type Filters = ReturnType<typeof useFilters>;

export function FilterBar({ children }: { children: ComponentChildren }) {
  return (
    <search>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        {children}
      </form>
    </search>
  );
}

interface SearchProps {
  filters: Filters;
  name?: string;
  label: string;
  /** Only what has just this name is found: nothing is, while it is being typed. */
  whole?: boolean;
}

/** A text that is looked for once the person stops typing; a whole name, once they leave the field. */
export function SearchFilter({ filters, name = "q", label, whole = false }: SearchProps) {
  const inUrl = filters.get(name);
  const [text, setText] = useState(inUrl);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Before the next key can be pressed, whose text would be lost.
  useLayoutEffect(() => {
    setText(inUrl);
    return () => clearTimeout(timer.current);
  }, [inUrl]);
  const seek = (value: string) => filters.set({ [name]: value });
  const typed = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    if (!whole) timer.current = setTimeout(() => seek(value), TYPING_MS);
  };
  return (
    <label>
      <span>{label}</span>
      <input
        type="search"
        placeholder={whole ? "The whole name" : undefined}
        value={text}
        onInput={(event) => typed(event.currentTarget.value)}
        onChange={(event) => whole && seek(event.currentTarget.value)}
      />
    </label>
  );
}

interface SelectProps {
  filters: Filters;
  name: string;
  label: string;
  options: readonly string[];
  /** How an option reads. */
  shown?: (option: string) => string;
}

export function SelectFilter({ filters, name, label, options, shown = title }: SelectProps) {
  const value = filters.get(name);
  const known = value === "" || options.includes(value) ? options : [value, ...options];
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={(event) => filters.set({ [name]: event.currentTarget.value })}>
        <option value="">All</option>
        {known.map((option) => (
          <option key={option} value={option}>
            {shown(option)}
          </option>
        ))}
      </select>
    </label>
  );
}
