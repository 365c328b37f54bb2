import { expect, signIn, test } from "../support/fixtures";
import { ADMIN } from "../support/world";

test("a page recovers when the host restarts", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/jobs`);
  await expect(signedIn.locator(".side .live")).toHaveText("Live");
  await world.stop("SIGKILL");
  await expect(signedIn.getByText("The host does not answer", { exact: false })).toBeVisible();
  await world.sql("UPDATE etl_jobs SET paused = 1 WHERE id = 5");
  await world.start();
  await expect(signedIn.getByText("The host does not answer", { exact: false })).toHaveCount(0, {
    timeout: 40_000,
  });
  await expect(signedIn.locator(".side .live")).toHaveText("Live");
  // What changed meanwhile is there, without a reload.
  await expect(signedIn.getByRole("row").filter({ hasText: "paused" }).first()).toBeVisible();
  await world.sql("UPDATE etl_jobs SET paused = 0 WHERE id = 5");
});

test("a session that has ended asks for a sign-in, and leads back", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/jobs?q=github_prs`);
  await expect(signedIn.getByRole("heading", { level: 1, name: "Jobs" })).toBeVisible();
  await signedIn.context().clearCookies();
  await signedIn.getByRole("link", { name: "github_prs_1" }).click();
  await expect(signedIn.getByText("Your session has ended", { exact: false })).toBeVisible();
  await signedIn.getByLabel("Name", { exact: true }).fill(ADMIN.name);
  await signedIn.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await signedIn.getByRole("button", { name: "Sign in" }).click();
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("github_prs_1");
});

test("what changes elsewhere is seen without a reload", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/jobs?q=github_comments_1`);
  const job = signedIn.getByRole("row").filter({ hasText: "github_comments_1" });
  await expect(job).toBeVisible();
  await world.runnel("job", "pause", "github_comments_1");
  await expect(job).toContainText("paused", { timeout: 20_000 });
  await world.runnel("job", "resume", "github_comments_1");
  await expect(job).not.toContainText("paused", { timeout: 20_000 });
});

test("who signs out in one tab is asked in the other", async ({ page, world, admin, context }) => {
  void admin;
  // A session of its own: with that of the other tests, they would be signed out.
  await signIn(page, world, ADMIN);
  const other = await context.newPage();
  await other.goto(`${world.url}/runs`);
  await expect(other.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Runnel" })).toBeVisible();
  await other.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: /^Jobs/ }).click();
  await expect(other.getByRole("heading", { name: "Sign in to Runnel" })).toBeVisible();
});
