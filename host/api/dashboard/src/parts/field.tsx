import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { ApiError } from "../api/problem";

export interface Control {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

interface Props {
  label: string;
  /** What it is called in the API, by which a mistake finds its field. */
  name: string;
  hint?: ComponentChildren;
  error?: ApiError | null;
  children: (control: Control) => ComponentChildren;
}

/** A control with its label, what it means, and what is wrong with it. */
export function Field({ label, name, hint, error, children }: Props) {
  const id = useId();
  const mistake = error?.field(name);
  const described = [hint && `${id}-hint`, mistake && `${id}-mistake`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        "aria-describedby": described || undefined,
        "aria-invalid": mistake ? true : undefined,
      })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {mistake && (
        <p class="mistake" id={`${id}-mistake`}>
          <bdi>{mistake}</bdi>
        </p>
      )}
    </div>
  );
}
