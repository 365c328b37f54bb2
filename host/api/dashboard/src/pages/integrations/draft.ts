import type { NewIntegration, Source } from "../../api/sources";
import { type Setting, type Typed, valuesOf } from "./schema";

/** An integration as it is being filled in. */
export interface Draft {
  tenant: string;
  name: string;
  base_url: string;
  scope: string;
  token: string;
  settings: Typed;
}

export const FIELDS = ["tenant", "source", "name", "base_url", "scope", "token"];

export const EMPTY: Draft = { tenant: "", name: "", base_url: "", scope: "", token: "", settings: {} };

/** The same as the API has it: what is left empty is left out. */
export function integrationBody(draft: Draft, source: Source, settings: Setting[]): NewIntegration {
  const given = (name: "name" | "base_url" | "token") => (draft[name] === "" ? {} : { [name]: draft[name] });
  return {
    tenant: draft.tenant,
    source: source.name,
    scope: draft.scope
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean),
    settings: valuesOf(settings, draft.settings),
    ...given("name"),
    ...given("base_url"),
    ...given("token"),
  };
}
