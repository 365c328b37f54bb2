import { Plus, X } from "lucide";
import { type Grant, ROLES } from "../api/access";
import { title } from "../text/words";
import { Tag } from "./badge";
import { Choice } from "./choice";
import type { Choices } from "./choices";
import { Icon } from "./icon";

/** What somebody may do, where. */
export function GrantList({ grants }: { grants: Grant[] }) {
  if (grants.length === 0) return <span class="dim">nothing</span>;
  return (
    <span class="tags">
      {grants.map((grant) => (
        <Tag key={`${grant.tenant}`} tone={grant.role === "admin" ? "busy" : "quiet"}>
          {grant.role} of {grant.tenant === null ? "every tenant" : <bdi>{grant.tenant}</bdi>}
        </Tag>
      ))}
    </span>
  );
}

interface Props {
  grants: Grant[];
  onChange: (grants: Grant[]) => void;
  /** The tenants that may be named. */
  tenants: Choices;
  /** Whether every tenant may be. */
  everyone: boolean;
}

/** What a grant was before it was changed: by that its row stays the same one, and keeps the focus. */
const origins = new WeakMap<Grant, Grant>();
const originOf = (grant: Grant) => origins.get(grant) ?? grant;

function changed(grant: Grant, changes: Partial<Grant>): Grant {
  const other = { ...grant, ...changes };
  origins.set(other, originOf(grant));
  return other;
}

/** Chooses what somebody may do, where. */
export function GrantFields({ grants, onChange, tenants, everyone }: Props) {
  const replace = (index: number, changes: Partial<Grant>) =>
    onChange(grants.map((grant, at) => (at === index ? changed(grant, changes) : grant)));
  const names = tenants.first.map(({ value }) => value);
  const unused = (everyone ? [null, ...names] : names).find(
    (tenant) => !grants.some((grant) => grant.tenant === tenant),
  );
  return (
    <fieldset class="grants">
      <legend>May do</legend>
      {grants.map((grant, index) => (
        <GrantRow
          key={originOf(grant)}
          grant={grant}
          tenants={tenants}
          everyone={everyone}
          onChange={(changes) => replace(index, changes)}
          onRemove={() => onChange(grants.filter((_, at) => at !== index))}
        />
      ))}
      {unused !== undefined && (
        <button
          type="button"
          class="quiet"
          onClick={() => onChange([...grants, { tenant: unused, role: "viewer" }])}
        >
          <Icon of={Plus} size={14} />
          Grant
        </button>
      )}
    </fieldset>
  );
}

interface RowProps extends Pick<Props, "tenants" | "everyone"> {
  grant: Grant;
  onChange: (changes: Partial<Grant>) => void;
  onRemove: () => void;
}

function GrantRow({ grant, tenants, everyone, onChange, onRemove }: RowProps) {
  return (
    <div class="grant">
      <select
        aria-label="Role"
        value={grant.role}
        onChange={(event) =>
          onChange({ role: ROLES.find((role) => role === event.currentTarget.value) ?? "viewer" })
        }
      >
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {title(role)}
          </option>
        ))}
      </select>
      <span>of</span>
      <Choice
        aria-label="Tenant"
        choices={tenants}
        value={grant.tenant ?? ""}
        none={everyone ? "every tenant" : undefined}
        onChange={(tenant) => onChange({ tenant: tenant || null })}
      />
      <button type="button" class="icon-only quiet" aria-label="Take the grant back" onClick={onRemove}>
        <Icon of={X} size={14} />
      </button>
    </div>
  );
}
