import { useEffect } from "preact/hooks";
import type { ApiError } from "../../api/problem";
import { may } from "../../api/session";
import { Field } from "../../parts/field";
import { useTenants } from "../../parts/tenants";

interface Props {
  /** Empty: every tenant. None: not chosen yet. */
  value: string | undefined;
  onChange: (tenant: string) => void;
  error: ApiError | null;
}

/** Chooses for whom a version does the work: only who one may decide for. */
export function TenantField({ value, onChange, error }: Props) {
  const tenants = useTenants().filter((tenant) => may("admin", tenant));
  const everyone = may("admin", null);
  const first = everyone ? "" : tenants[0];
  useEffect(() => {
    if (value === undefined && first !== undefined) onChange(first);
  }, [value, first]);
  return (
    <Field label="For" name="tenant" error={error}>
      {(control) => (
        <select {...control} value={value ?? first} onChange={(event) => onChange(event.currentTarget.value)}>
          {everyone && <option value="">every tenant</option>}
          {tenants.map((tenant) => (
            <option key={tenant} value={tenant}>
              {tenant}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
