import { expect, test } from "../support/fixtures";
import { spoil } from "../support/spoil";

test("the flow shows sources, queues, transforms and tables, and leads to each", {
  tag: "@postgres",
}, async ({ signedIn, world }) => {
  await signedIn.goto(world.url);
  const flow = signedIn.getByRole("region", { name: "Flow from sources to tables" });
  await expect(flow.getByRole("link", { name: /^source, github/ })).toBeVisible();
  await expect(flow.getByRole("link", { name: /^queue, extract/ })).toBeVisible();
  await expect(flow.getByRole("link", { name: /^transform, github_prs, .*\/min/ })).toBeVisible();
  await expect(flow.getByRole("link", { name: /^queue, vectorize/ })).toBeVisible();
  await expect(signedIn.getByRole("row").filter({ hasText: "etl.transform.github" })).toBeVisible();
  await flow.getByRole("link", { name: /^table, prs/ }).click();
  await expect(signedIn).toHaveURL(/\/data\/prs/);
});

test("dead letters are counted in the flow and beside the way to them", async ({ signedIn, world }) => {
  await spoil(world);
  await signedIn.goto(world.url);
  const pages = signedIn.getByRole("navigation", { name: "Pages" });
  await expect(pages.getByRole("link", { name: /Dead letters \d+/ })).toBeVisible();
  await pages.getByRole("link", { name: /Dead letters/ }).click();
  await expect(signedIn.getByRole("heading", { level: 1, name: "Dead letters" })).toBeVisible();
});

test("at 360 px the flow is a list from top to bottom", async ({ signedIn, world }) => {
  await signedIn.setViewportSize({ width: 360, height: 800 });
  await signedIn.goto(world.url);
  const stages = signedIn.getByRole("list", { name: "Flow from sources to tables" });
  await expect(stages.getByRole("heading", { name: "Sources" })).toBeVisible();
  await expect(stages.getByRole("link", { name: /^prs / })).toBeVisible();
});
