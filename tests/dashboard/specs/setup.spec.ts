import { accessible, expect, signIn, test } from "../support/fixtures";
import { ADMIN, World } from "../support/world";

let world: World;

test.beforeAll(async () => {
  world = await World.make();
  await world.start();
});

test.afterAll(() => world.end());

test("the first admin is made from the link that the host printed, which works once", async ({ page }) => {
  const link = await world.setupLink();
  await page.goto(`${world.url}/setup#${link}`);
  await expect(page.getByRole("heading", { name: "Set up Runnel" })).toBeVisible();
  await accessible(page);
  await page.getByLabel("Your name").fill(ADMIN.name);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Make the first admin" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "Flow" })).toBeVisible();
  expect(page.url()).not.toContain(link);
  await expect(
    page
      .getByText("Nothing flows yet")
      .or(page.getByRole("link", { name: /^source, github/ }))
      .first(),
  ).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(`${world.url}/setup#${link}`);
  await expect(page.getByRole("heading", { name: "Sign in to Runnel" })).toBeVisible();
});

test("who signs in is told that a password is wrong, and then sees what they came for", async ({ page }) => {
  await page.goto(`${world.url}/jobs?state=failing`);
  await accessible(page);
  await page.getByLabel("Name", { exact: true }).fill(ADMIN.name);
  await page.getByLabel("Password", { exact: true }).fill("a guess of somebody");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();

  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Jobs" })).toBeVisible();
  await expect(page.getByLabel("State")).toHaveValue("failing");
});

test("a page of a host where nothing happens hears that the host is alive", async ({ page }) => {
  await signIn(page, world, ADMIN);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        new EventSource("/api/v1/events").addEventListener("alive", resolve);
      }),
  );
  await expect(page.locator(".side .live")).toHaveText("Live");
});
