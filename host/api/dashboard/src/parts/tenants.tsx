import type { Tenant } from "../api/access";
import type { Page } from "../api/pages";
import { useResource } from "../api/resource";
import { type Filters, SelectFilter } from "./filters";

/** The names of the tenants that one sees. */
export function useTenants(): string[] {
  const { data } = useResource<Page<Tenant>>("/tenants", { limit: 200 }, ["tenants"]);
  return data?.items.map((tenant) => tenant.name) ?? [];
}

/** Chooses a tenant, where there is more than one. */
export function TenantFilter({ filters }: { filters: Filters }) {
  const tenants = useTenants();
  if (tenants.length < 2 && filters.get("tenant") === "") return null;
  return (
    <SelectFilter filters={filters} name="tenant" label="Tenant" options={tenants} shown={(name) => name} />
  );
}
