import { expect, row, says, test } from "../support/fixtures";
import { otherVersion } from "../support/plugin";
import { bury } from "../support/spoil";

test("letters are grouped by what went wrong", { tag: "@postgres" }, async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/dead-letters`);
  const group = row(signedIn, "a text is expected");
  await expect(group).toContainText("2");
  await group.getByRole("link").click();
  await expect(signedIn.getByRole("checkbox")).toHaveCount(2);
});

test("hostile text is shown as text", async ({ signedIn, world, complaints }) => {
  let alerts = 0;
  signedIn.on("dialog", (dialog) => {
    alerts += 1;
    void dialog.dismiss();
  });
  await signedIn.goto(`${world.url}/dead-letters`);
  await expect(signedIn.getByText("<img src=x onerror=alert(1)>", { exact: false })).toBeVisible();
  await signedIn.goto(`${world.url}/dead-letters/groups/bbbb`);
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("<img src=x");
  await expect(signedIn.locator("main img")).toHaveCount(0);
  expect(alerts).toBe(0);
  expect(complaints.filter((one) => !one.includes("401"))).toEqual([]);
});

test("a letter shows its payload, error, plugin and version", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/dead-letters/groups/aaaa`);
  await signedIn.getByRole("table").getByRole("link").first().click();
  await expect(signedIn.getByText("title: a text is expected")).toBeVisible();
  await expect(signedIn.getByRole("link", { name: "github_prs", exact: true })).toBeVisible();
  await expect(signedIn.locator("pre")).toContainText('"title"');
});

test("a version is tried on letters, and then they are replayed", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await world.runnel("plugin", "install", otherVersion(world, "0.1.5"));
  await signedIn.goto(`${world.url}/dead-letters/groups/aaaa`);
  await signedIn.getByRole("button", { name: "Dry-run a version" }).click();
  const dialog = signedIn.getByRole("dialog");
  await dialog.getByRole("button", { name: "Dry-run" }).click();
  await expect(dialog.getByText("2 of 2 letters would be mapped.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).click();

  await signedIn.getByRole("checkbox").first().check();
  await signedIn.getByRole("button", { name: "Replay 1 letter" }).click();
  await says(signedIn, "mapped again");
  await expect(signedIn.getByRole("checkbox")).toHaveCount(1, { timeout: 30_000 });
  await signedIn.getByRole("button", { name: "Replay the group" }).click();
  await expect(signedIn).toHaveURL(/\/dead-letters$/);
  await expect(row(signedIn, "a text is expected")).toHaveCount(0, { timeout: 30_000 });
});

test("dropping letters asks first", { tag: "@postgres" }, async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/dead-letters/groups/cccc`);
  await signedIn.getByRole("button", { name: "Drop the group" }).click();
  const dialog = signedIn.getByRole("dialog");
  await dialog.getByRole("button", { name: "Keep it as it is" }).click();
  await expect(signedIn.getByRole("checkbox")).toHaveCount(3);
  await signedIn.getByRole("button", { name: "Drop the group" }).click();
  await dialog.getByRole("button", { name: "Drop the group" }).click();
  await expect(row(signedIn, "an integer is expected")).toHaveCount(0);
});

test("letters of two tenants that fail alike are two groups, of which one is dropped", async ({
  signedIn,
  world,
  admin,
}) => {
  await admin.must("POST", "/tenants", { name: "twin" });
  await bury(world, "dddd", "body: it is too long", "LIMIT 2");
  await bury(
    world,
    "dddd",
    "body: it is too long",
    "LIMIT 1",
    "(SELECT id FROM tenants WHERE name = 'twin')",
  );
  await signedIn.goto(`${world.url}/dead-letters`);
  const groups = row(signedIn, "it is too long");
  await expect(groups).toHaveCount(2);
  await expect(signedIn.getByRole("button", { name: "Replay all of these" })).toBeVisible();
  await groups.filter({ hasText: "twin" }).getByRole("link").click();
  await expect(signedIn.getByRole("checkbox")).toHaveCount(1);
  await signedIn.getByRole("button", { name: "Drop the group" }).click();
  await signedIn.getByRole("dialog").getByRole("button", { name: "Drop the group" }).click();
  await expect(groups).toHaveCount(1);
  await expect(groups).toContainText("default");
});

test("all letters of a tenant are replayed at once", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/dead-letters?tenant=default`);
  await signedIn.getByRole("button", { name: "Replay all of these" }).click();
  await expect(signedIn.getByText("No dead letter is like that")).toBeVisible({ timeout: 30_000 });
});
