import { accessible, expect, row, says, signIn, test } from "../support/fixtures";
import { offered, walk } from "../support/pages";
import { spoil } from "../support/spoil";

const PASSWORD = "a long enough password";

test("a user is added with a grant, changed, and removed after a question", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await signedIn.goto(`${world.url}/users`);
  await signedIn.getByRole("button", { name: "Add a user" }).click();
  const dialog = signedIn.getByRole("dialog");
  await dialog.getByLabel("Name").fill("grace");
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Grant" }).click();
  await dialog.getByLabel("Tenant").selectOption("default");
  await dialog.getByLabel("Role").selectOption("operator");
  await accessible(signedIn);
  await dialog.getByRole("button", { name: "Add the user" }).click();
  await expect(row(signedIn, "grace")).toContainText("operator of default");

  await row(signedIn, "grace").getByRole("button", { name: "Disable" }).click();
  await expect(row(signedIn, "grace")).toContainText("disabled");
  await row(signedIn, "grace").getByRole("button", { name: "Remove" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(row(signedIn, "grace")).toHaveCount(0);
});

test("a token is made, shown once, named in the audit, and revoked", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await signedIn.goto(`${world.url}/account`);
  await signedIn.getByRole("button", { name: "Make a token" }).click();
  const dialog = signedIn.getByRole("dialog");
  await dialog.getByLabel("Name").fill("for a test");
  await dialog.getByRole("button", { name: "Make it" }).click();
  const secret = await signedIn.locator(".secret code").textContent();
  const answer = await fetch(`${world.url}/api/v1/jobs`, { headers: { authorization: `Bearer ${secret}` } });
  expect(answer.status).toBe(200);
  const made = await fetch(`${world.url}/api/v1/tenants`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "by-a-program" }),
  });
  expect(made.status).toBe(201);
  await signedIn.goto(`${world.url}/audit`);
  await signedIn.getByLabel("Token").fill("for a test");
  await expect(row(signedIn, "by-a-program")).toContainText("ada by token for a test");
  await accessible(signedIn);
  await signedIn.goto(`${world.url}/account`);
  await expect(signedIn.getByText(secret ?? "")).toHaveCount(0);
  await row(signedIn, "for a test").getByRole("button", { name: "Revoke" }).click();
  await signedIn.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row(signedIn, "for a test")).toHaveCount(0);
});

test("a tenant is added, and the audit tells who did", { tag: "@postgres" }, async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/tenants`);
  await signedIn.getByRole("button", { name: "Add a tenant" }).click();
  await signedIn.getByRole("dialog").getByLabel("Name").fill("globex");
  await signedIn.getByRole("dialog").getByRole("button", { name: "Add it" }).click();
  await expect(row(signedIn, "globex")).toBeVisible();
  await signedIn.goto(`${world.url}/audit`);
  await expect(row(signedIn, "globex").first()).toContainText("ada");
});

test("what a viewer may not do is offered on no page", async ({ page, world, admin }) => {
  test.setTimeout(120_000);
  await spoil(world);
  const who = { name: "vera", password: PASSWORD };
  await admin.must("POST", "/users", { ...who, grants: [{ tenant: "default", role: "viewer" }] });
  await signIn(page, world, who);
  const offers: Record<string, string[]> = {};
  await walk(page, world, async (path) => {
    const names = await offered(page);
    if (names.length > 0) offers[path] = names;
  });
  // Their own password and tokens are theirs.
  expect(offers).toEqual({ "/account": ["Make a token", "Change the password"] });
  const pages = page.getByRole("navigation", { name: "Pages" });
  await expect(pages.getByRole("link", { name: /Users|Audit/ })).toHaveCount(0);
  await page.goto(`${world.url}/plugins`);
  await expect(page.getByRole("region", { name: "Install a plugin" })).toHaveCount(0);
});

test("an operator runs jobs, and adds no integration", async ({ page, world, admin }) => {
  const who = { name: "otto", password: PASSWORD };
  await admin.must("POST", "/users", { ...who, grants: [{ tenant: "default", role: "operator" }] });
  await signIn(page, world, who);
  await page.goto(`${world.url}/jobs/4`);
  await page.getByRole("button", { name: "Pause" }).click();
  await says(page, "No run starts");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.goto(`${world.url}/integrations`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: "Add an integration" })).toHaveCount(0);
});

test("what belongs to another tenant is not there", async ({ page, world, admin }) => {
  await admin.call("POST", "/tenants", { name: "initech" });
  const who = { name: "ines", password: PASSWORD };
  await admin.must("POST", "/users", { ...who, grants: [{ tenant: "initech", role: "admin" }] });
  await signIn(page, world, who);
  await page.goto(`${world.url}/jobs/1`);
  await expect(page.getByText("There is nothing here")).toBeVisible();
});

test("a password is changed", async ({ page, world, admin }) => {
  const who = { name: "pia", password: PASSWORD };
  await admin.must("POST", "/users", { ...who, grants: [{ tenant: "default", role: "viewer" }] });
  await signIn(page, world, who);
  await page.goto(`${world.url}/account`);
  await page.getByLabel("The one you have").fill("not the one");
  await page.getByLabel("The new one").fill("another long password");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.locator(".mistake, .problem").first()).toBeVisible();
  await page.getByLabel("The one you have").fill(PASSWORD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await says(page, "The password is changed");
});
