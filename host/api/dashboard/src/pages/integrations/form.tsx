import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { type Action, useAction } from "../../api/action";
import { send } from "../../api/client";
import type { ApiError } from "../../api/problem";
import type { TestResult } from "../../api/sources";
import { Problem } from "../../parts/problem";
import { type Draft, FIELDS } from "./draft";
import type { Setting } from "./schema";
import { Tested } from "./tested";

/** An integration that is filled in, tried out, and saved. */
export interface Form {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  error: ApiError | null;
  tested: TestResult | null;
  testing: Action;
  saving: Action;
  /** Tries out what is filled in, if that is complete: posts it to a path. */
  test: (event: MouseEvent, path: string, body: () => unknown) => void;
  /** Does what saves it; says what was done. */
  save: (event: Event, work: () => Promise<unknown>, done: string) => void;
}

export function useForm(first: () => Draft): Form {
  const [draft, setDraft] = useState<Draft>(first);
  const [tested, setTested] = useState<TestResult | null>(null);
  const testing = useAction();
  const saving = useAction();
  const edits = useRef(0);
  const change = (changes: Partial<Draft>) => {
    edits.current++;
    setDraft((old) => ({ ...old, ...changes }));
    setTested(null);
  };
  const test = (event: MouseEvent, path: string, body: () => unknown) => {
    const form = event.currentTarget instanceof HTMLButtonElement ? event.currentTarget.form : null;
    if (!form?.reportValidity()) return;
    saving.reset();
    const before = edits.current;
    void testing.run(async () => {
      const result = await send<TestResult>("POST", path, body());
      // An answer to what is no longer filled in would be taken for one to what is.
      if (edits.current === before) setTested(result);
    });
  };
  const save = (event: Event, work: () => Promise<unknown>, done: string) => {
    event.preventDefault();
    testing.reset();
    void saving.run(work, done);
  };
  return { draft, change, error: saving.error ?? testing.error, tested, testing, saving, test, save };
}

interface Props {
  form: Form;
  settings: Setting[];
  onTest: (event: MouseEvent) => void;
  children: ComponentChildren;
}

/** What came of it, and the two buttons: the second one saves. */
export function FormEnd({ form, settings, onTest, children }: Props) {
  const known = [...FIELDS, ...settings.map((setting) => setting.name)];
  const busy = form.testing.busy || form.saving.busy;
  return (
    <>
      <Problem error={form.error} known={known} />
      <Tested result={form.tested} busy={form.testing.busy} />
      <div class="actions">
        <button type="button" disabled={busy} onClick={onTest}>
          Test the connection
        </button>
        <button type="submit" class="primary" disabled={busy}>
          {children}
        </button>
      </div>
    </>
  );
}
