import type { Role, Tenant } from "../api/access";
import { may } from "../api/session";
import { ChoiceFilter } from "./choice";
import { among, type Choices, isChoice, useChoices } from "./choices";
import type { Filters } from "./filters";

/** The tenants that one sees; with a role, those for which one may do what takes it. */
export function useTenants(role?: Role): Choices {
  const option = ({ name }: Tenant) => ({ value: name, label: name });
  const all = useChoices<Tenant>("/tenants", {}, ["tenants"], option);
  return role === undefined ? all : among(all, ({ value }) => may(role, value));
}

/** Chooses a tenant, where there is more than one. */
export function TenantFilter({ filters }: { filters: Filters }) {
  const tenants = useTenants();
  if (!isChoice(tenants) && filters.get("tenant") === "") return null;
  return <ChoiceFilter filters={filters} name="tenant" label="Tenant" choices={tenants} />;
}
