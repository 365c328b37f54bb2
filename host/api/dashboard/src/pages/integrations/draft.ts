import type { ChangeIntegration, Integration, NewIntegration, Source } from "../../api/sources";
import { type Setting, type Typed, typedOf, valuesOf } from "./schema";

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
    scope: lines(draft.scope),
    settings: valuesOf(settings, draft.settings),
    ...given("name"),
    ...given("base_url"),
    ...given("token"),
  };
}

/** An integration that is there, as it is being changed. */
export function draftOf(integration: Integration, settings: Setting[]): Draft {
  return {
    tenant: integration.tenant,
    name: integration.name,
    base_url: integration.base_url,
    scope: integration.scope.join("\n"),
    token: "",
    settings: typedOf(settings, integration.settings),
  };
}

/**
 * What is to change: settings that the form has no field for stay as they are. An address
 * that is left empty is the source's own, as where an integration is added.
 */
export function changeBody(
  draft: Draft,
  integration: Integration,
  source: Source,
  settings: Setting[],
): ChangeIntegration {
  const address = draft.base_url || source.base_url;
  const shown = new Set(settings.map((setting) => setting.name));
  const others = Object.entries(integration.settings).filter(([name]) => !shown.has(name));
  return {
    scope: lines(draft.scope),
    settings: { ...Object.fromEntries(others), ...valuesOf(settings, draft.settings) },
    ...(address === integration.base_url ? {} : { base_url: address }),
    ...(draft.token === "" ? {} : { token: draft.token }),
  };
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
