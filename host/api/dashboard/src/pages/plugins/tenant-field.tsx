import type { ApiError } from "../../api/problem";
import { may } from "../../api/session";
import { Choice } from "../../parts/choice";
import { Field } from "../../parts/field";
import { useFirst } from "../../parts/first";
import { useTenants } from "../../parts/tenants";

interface Props {
  /** Empty: every tenant. None: not chosen yet. */
  value: string | undefined;
  onChange: (tenant: string) => void;
  error: ApiError | null;
}

/** Chooses for whom a version does the work: only who one may decide for. */
export function TenantField({ value, onChange, error }: Props) {
  const tenants = useTenants("admin");
  const everyone = may("admin", null);
  const first = everyone ? "" : tenants.first[0]?.value;
  useFirst(value, first, onChange);
  return (
    <Field label="For" name="tenant" error={error}>
      {(control) => (
        <Choice
          {...control}
          choices={tenants}
          value={value ?? first ?? ""}
          none={everyone ? "every tenant" : undefined}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
