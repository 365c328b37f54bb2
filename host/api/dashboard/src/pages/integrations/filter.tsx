import type { Page } from "../../api/pages";
import { useResource } from "../../api/resource";
import type { Integration } from "../../api/sources";
import { type Filters, SelectFilter } from "../../parts/filters";

/** Chooses an integration of the tenant that is chosen, where there is more than one. */
export function IntegrationFilter({ filters }: { filters: Filters }) {
  const query = { tenant: filters.get("tenant"), source: filters.get("source"), limit: 200 };
  const { data } = useResource<Page<Integration>>("/integrations", query, ["integrations"]);
  const found = data?.items ?? [];
  const names = new Map(found.map((one) => [String(one.id), `${one.name} (${one.tenant})`]));
  if (names.size < 2 && filters.get("integration") === "") return null;
  return (
    <SelectFilter
      filters={filters}
      name="integration"
      label="Integration"
      options={[...names.keys()]}
      shown={(id) => names.get(id) ?? `integration ${id}`}
    />
  );
}
