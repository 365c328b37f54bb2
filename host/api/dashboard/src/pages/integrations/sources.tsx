import type { Page } from "../../api/pages";
import { type Resource, useResource } from "../../api/resource";
import type { Source } from "../../api/sources";
import { type Filters, SelectFilter } from "../../parts/filters";

/** The sources that the host has. */
export function useSources(): Resource<Page<Source>> {
  return useResource<Page<Source>>("/sources", { limit: 200 }, ["plugins"]);
}

export function SourceFilter({ filters }: { filters: Filters }) {
  const { data } = useSources();
  const names = data?.items.map((source) => source.name) ?? [];
  return (
    <SelectFilter filters={filters} name="source" label="Source" options={names} shown={(name) => name} />
  );
}
