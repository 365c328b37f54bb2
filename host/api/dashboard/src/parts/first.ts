import { useEffect } from "preact/hooks";

/** Chooses the first of a list where nothing is chosen yet: of one that changes another may come first. */
export function useFirst<T>(chosen: T | undefined, first: T | undefined, choose: (first: T) => void): void {
  useEffect(() => {
    if (chosen === undefined && first !== undefined) choose(first);
  }, [chosen, first]);
}
