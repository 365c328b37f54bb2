import { describe, expect, it } from "vitest";
import type { Integration, Source } from "../../api/sources";
import { changeBody, draftOf } from "./draft";
import { settingsOf } from "./schema";

const source: Source = {
  name: "github",
  version: "0.1.0",
  doc: "",
  base_url: "https://api.github.com",
  basic_user: null,
  settings: { type: "object", properties: { days: { type: "integer" }, stats: { type: "boolean" } } },
  streams: [],
};
const integration: Integration = {
  id: 1,
  tenant: "default",
  name: "github",
  source: "github",
  base_url: "https://github.example/api/v3",
  scope: ["acme"],
  settings: { days: 7, of_a_transform: "x" },
  paused: false,
  has_credential: true,
  account: null,
  created_at: "2026-01-01T00:00:00Z",
};
const settings = settingsOf(source.settings);
const draft = draftOf(integration, settings);
const body = (changes: Partial<typeof draft>) =>
  changeBody({ ...draft, ...changes }, integration, source, settings);

describe("what is to change about an integration", () => {
  it("is nothing but what is there, where nothing was typed", () => {
    expect(body({})).toEqual({ scope: integration.scope, settings: integration.settings });
  });

  it("keeps the settings that the form does not show, and takes out those that were emptied", () => {
    const { settings: changed } = body({ settings: { days: "", stats: "true" } });
    expect(changed).toEqual({ stats: true, of_a_transform: "x" });
  });

  it("has a token and another address where they were typed", () => {
    const typed = { base_url: "https://other.example", token: "t" };
    expect(body(typed)).toMatchObject(typed);
  });

  it("goes back to the source's own address where that was emptied", () => {
    expect(body({ base_url: "" }).base_url).toBe(source.base_url);
  });
});
