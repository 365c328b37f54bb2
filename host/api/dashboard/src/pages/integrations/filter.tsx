import { useResource } from "../../api/resource";
import type { Integration } from "../../api/sources";
import { ChoiceFilter } from "../../parts/choice";
import { isChoice, type Option, useChoices } from "../../parts/choices";
import type { Filters } from "../../parts/filters";

function option({ id, name, tenant }: Integration): Option {
  return { value: String(id), label: `${name} (${tenant})` };
}

/** Chooses an integration of the tenant that is chosen, where there is more than one. */
export function IntegrationFilter({ filters }: { filters: Filters }) {
  const query = { tenant: filters.get("tenant"), source: filters.get("source") };
  const choices = useChoices("/integrations", query, ["integrations"], option);
  const id = filters.get("integration");
  const isNamed = id === "" || choices.found.some(({ value }) => value === id);
  const chosen = useResource<Integration>(isNamed ? null : `/integrations/${encodeURIComponent(id)}`);
  if (!isChoice(choices) && id === "") return null;
  const shown = chosen.data ? option(chosen.data).label : `integration ${id}`;
  return (
    <ChoiceFilter filters={filters} name="integration" label="Integration" choices={choices} shown={shown} />
  );
}
