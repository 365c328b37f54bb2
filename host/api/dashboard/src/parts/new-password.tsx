import type { ApiError } from "../api/problem";
import { Field } from "./field";

interface Props {
  label: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  error: ApiError | null;
  required?: boolean;
}

export function NewPassword({ label, name, value, onChange, error, required = true }: Props) {
  return (
    <Field
      label={label}
      name={name}
      error={error}
      hint="At least 12 characters: a few words that you make up."
    >
      {(control) => (
        <input
          {...control}
          type="password"
          autocomplete="new-password"
          required={required}
          minLength={12}
          maxLength={256}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
