import { expect, test } from "../support/fixtures";

test("the pages are reached by keyboard alone", async ({ signedIn, world }) => {
  await signedIn.goto(world.url);
  await expect(signedIn.getByRole("heading", { level: 1 })).toBeVisible();
  await signedIn.keyboard.press("Tab");
  await expect(signedIn.getByRole("link", { name: "Skip to the page" })).toBeFocused();
  await signedIn.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: /^Jobs/ }).focus();
  await signedIn.keyboard.press("Enter");
  await expect(signedIn.getByRole("heading", { level: 1, name: "Jobs" })).toBeVisible();
  await expect(signedIn.locator("main")).toBeFocused();
});

test("a dialog holds the focus, closes by Escape, and gives the focus back", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/jobs/1`);
  const button = signedIn.getByRole("button", { name: "Change schedule" });
  await button.focus();
  await signedIn.keyboard.press("Enter");
  const dialog = signedIn.getByRole("dialog");
  await expect(dialog).toBeVisible();
  for (let press = 0; press < 12; press += 1) {
    await signedIn.keyboard.press("Tab");
    const outside = await signedIn.evaluate(() => {
      const at = document.activeElement;
      return at !== document.body && at?.closest("dialog") === null;
    });
    expect(outside).toBe(false);
  }
  await signedIn.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
});

test("at 360 px the menu opens and closes by keyboard", async ({ signedIn, world }) => {
  await signedIn.setViewportSize({ width: 360, height: 800 });
  await signedIn.goto(world.url);
  await signedIn.getByRole("button", { name: "Menu" }).focus();
  await signedIn.keyboard.press("Enter");
  const pages = signedIn.getByRole("navigation", { name: "Pages" });
  await expect(pages).toBeVisible();
  await signedIn.keyboard.press("Escape");
  await expect(pages).toBeHidden();
  await signedIn.keyboard.press("Enter");
  await pages.getByRole("link", { name: "Runs" }).focus();
  await signedIn.keyboard.press("Enter");
  await expect(signedIn.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await expect(pages).toBeHidden();
});

test("the colours are chosen, and kept", async ({ signedIn, world }) => {
  await signedIn.goto(world.url);
  await signedIn.getByLabel("Colours").selectOption("dark");
  const background = () =>
    signedIn.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await background();
  await signedIn.goto(`${world.url}/jobs`);
  await expect(signedIn.getByLabel("Colours")).toHaveValue("dark");
  expect(await background()).toBe(dark);
  await signedIn.getByLabel("Colours").selectOption("light");
  expect(await background()).not.toBe(dark);
});
