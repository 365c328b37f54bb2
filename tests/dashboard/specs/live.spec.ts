import { expect, signIn, test } from "../support/fixtures";
import { ADMIN } from "../support/world";

// Sooner than a page asks by itself.
const SOON_MS = 10_000;

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
  await signedIn.clock.install();
  await signedIn.goto(`${world.url}/jobs/2`);
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("github_prs_1");
  await expect(signedIn.locator(".side .live")).toHaveText("Live");
  await signedIn.context().clearCookies();
  // A page asks for what it shows now and then.
  await signedIn.clock.fastForward("00:15");
  await expect(signedIn.getByText("Your session has ended", { exact: false })).toBeVisible();
  await signedIn.getByLabel("Name", { exact: true }).fill(ADMIN.name);
  await signedIn.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await signedIn.getByRole("button", { name: "Sign in" }).click();
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("github_prs_1");
});

test("a run that is begun elsewhere is told of, and seen without a reload", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/runs`);
  const first = signedIn.locator("main tbody tr").first();
  const run = first.getByRole("link", { name: /^\d+$/ });
  const before = Number(await run.textContent());
  await expect(signedIn.locator(".side .live")).toHaveText("Live");
  await world.runnel("job", "run", "github_comments_1");
  await expect
    .poll(async () => Number(await run.textContent()), { timeout: SOON_MS })
    .toBeGreaterThan(before);
  await expect(first).toContainText("github_comments");
});

test("a change from elsewhere is told of, and seen without a reload", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/jobs?q=github_comments_1`);
  const job = signedIn.getByRole("row").filter({ hasText: "github_comments_1" });
  await expect(job).toBeVisible();
  await expect(signedIn.locator(".side .live")).toHaveText("Live");
  await world.runnel("job", "pause", "github_comments_1");
  await expect(job).toContainText("paused", { timeout: SOON_MS });
  await world.runnel("job", "resume", "github_comments_1");
  await expect(job).not.toContainText("paused", { timeout: SOON_MS });
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
  // It asks again by itself: at once where it is told of a change, else within 15 seconds.
  await expect(other.getByRole("heading", { name: "Sign in to Runnel" })).toBeVisible({ timeout: 20_000 });
});
