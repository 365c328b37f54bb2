import { useCallback, useRef, useState } from "preact/hooks";
import { notify } from "../parts/notice";
import type { ApiError } from "./problem";
import { asError } from "./resource";

export interface Action {
  busy: boolean;
  error: ApiError | null;
  /** Does something; says what was done, and answers whether it was. */
  run: (work: () => Promise<unknown>, done?: string) => Promise<boolean>;
  reset: () => void;
}

/** Something that a person does: it runs once at a time, and its error is kept to be shown. */
export function useAction(): Action {
  const [state, setState] = useState<{ busy: boolean; error: ApiError | null }>({ busy: false, error: null });
  const busy = useRef(false);

  const run = useCallback(async (work: () => Promise<unknown>, done?: string) => {
    if (busy.current) return false;
    busy.current = true;
    setState({ busy: true, error: null });
    try {
      await work();
      setState({ busy: false, error: null });
      if (done) notify(done);
      return true;
    } catch (error) {
      setState({ busy: false, error: asError(error) });
      return false;
    } finally {
      busy.current = false;
    }
  }, []);

  const reset = useCallback(() => setState({ busy: false, error: null }), []);
  return { ...state, run, reset };
}
