import type { Locator, Page } from "@playwright/test";
import type { Client } from "../support/client";
import { accessible, expect, says, signIn, test } from "../support/fixtures";
import { until } from "../support/processes";
import { TOKEN, type World } from "../support/world";

interface Integration {
  id: number;
  settings: Record<string, unknown>;
  has_credential: boolean;
}

/** An integration of a tenant of its own, whose token the service does not let in. */
async function refused(world: World, admin: Client): Promise<Integration> {
  await admin.must("POST", "/tenants", { name: "hooli" });
  const integration = await admin.must<Integration>("POST", "/integrations", {
    tenant: "hooli",
    name: "to be changed",
    source: "github",
    base_url: world.github,
    scope: ["acme/repo-1"],
    settings: { commit_overlap_days: 7 },
    token: "one that was revoked",
  });
  await until("its first run fails", async () => (await runs(world, integration, "failed")) > 0);
  return integration;
}

async function runs(world: World, { id }: Integration, state: string): Promise<number> {
  const jobs = `SELECT id FROM etl_jobs WHERE integration_id = ${id}`;
  return Number(
    await world.sql(`SELECT count(*) FROM job_runs WHERE state = '${state}' AND job_id IN (${jobs})`),
  );
}

/** Runs what commits are read after, and them. */
async function readCommits(world: World, admin: Client, { id }: Integration): Promise<void> {
  const path = `/jobs?integration=${id}&limit=200`;
  const { items } = await admin.must<{ items: { id: number; stream: string }[] }>("GET", path);
  const streams = ["github_repositories", "github_prs", "github_commits"];
  for (const job of items.filter(({ stream }) => streams.includes(stream)))
    await admin.must("POST", `/jobs/${job.id}/run`, {});
  const done = `SELECT count(*) FROM job_runs r JOIN etl_jobs j ON j.id = r.job_id
    WHERE j.integration_id = ${id} AND j.job_type = 'github_commits' AND r.state = 'succeeded'`;
  await until("commits are read", async () => (await world.sql(done)) !== "0");
}

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  const isThere = () => wanted.evaluate((one) => one === document.activeElement);
  for (let press = 0; press < 60 && !(await isThere()); press += 1) await page.keyboard.press("Tab");
  await expect(wanted).toBeFocused();
}

test("settings and token are changed, and the next run goes by them", { tag: "@postgres" }, async ({
  signedIn,
  world,
  admin,
}) => {
  const integration = await refused(world, admin);
  const path = `/integrations/${integration.id}`;
  await signedIn.goto(world.url + path);
  await signedIn.getByRole("link", { name: "Change" }).click();
  await expect(signedIn.getByRole("heading", { level: 1 })).toHaveText("Change to be changed");
  await expect(signedIn.getByLabel("What to read")).toHaveValue("acme/repo-1");
  await expect(signedIn.getByLabel("Token")).toHaveValue("");
  await expect(signedIn.getByLabel("Commit overlap days")).toHaveValue("7");

  const test = signedIn.getByRole("button", { name: "Test the connection" });
  await test.click();
  await expect(signedIn.locator(".tested")).toContainText("The service does not let us in");
  await signedIn.getByLabel("Token").fill(TOKEN);
  await signedIn.getByLabel("Pull request details").selectOption("No");
  await signedIn.getByLabel("Commit stats").selectOption("Yes");
  await signedIn.getByLabel("Commit overlap days").fill("");
  await test.click();
  await expect(signedIn.getByText("The service answers")).toBeVisible();
  await accessible(signedIn);
  expect((await admin.must<Integration>("GET", path)).settings).toEqual({ commit_overlap_days: 7 });

  await signedIn.getByRole("button", { name: "Save" }).click();
  await says(signedIn, "The integration is changed");
  await expect(signedIn).toHaveURL(world.url + path);
  await expect(signedIn.getByText("commit_stats").locator("..")).toContainText("true");
  const changed = await admin.must<Integration>("GET", path);
  expect(changed.settings).toEqual({ pull_request_details: false, commit_stats: true });
  await readCommits(world, admin, integration);
  const counted = `SELECT count(*) FROM commits WHERE integration_id = ${integration.id} AND additions IS NOT NULL`;
  expect(Number(await world.sql(counted))).toBeGreaterThan(0);
  await admin.must("DELETE", path);
});

test("a mistake in a setting is said at its field, and nothing is changed", async ({
  signedIn,
  world,
  admin,
}) => {
  const before = await admin.must<Integration>("GET", "/integrations/1");
  await signedIn.goto(`${world.url}/integrations/1/edit`);
  const days = signedIn.getByLabel("Commit overlap days");
  for (const button of ["Save", "Test the connection"]) {
    await days.fill("-1");
    await signedIn.getByRole("button", { name: button }).click();
    await expect(days).toHaveAttribute("aria-invalid", "true");
    await expect(days).toHaveAccessibleDescription(/has to be a whole number, 0 or more/);
    await accessible(signedIn);
    await signedIn.reload();
  }
  await days.fill("1.5");
  await signedIn.getByRole("button", { name: "Save" }).click();
  // The browser says so by itself, and sends nothing.
  expect(await days.evaluate((field: HTMLInputElement) => field.validity.stepMismatch)).toBe(true);
  await expect(days).toBeFocused();
  expect(await admin.must<Integration>("GET", "/integrations/1")).toEqual(before);
});

test("whoever may change no integration is offered no form", async ({ browser, world, admin }) => {
  for (const role of ["viewer", "operator"]) {
    const who = { name: `form-${role}`, password: "a long enough password" };
    await admin.must("POST", "/users", { ...who, grants: [{ tenant: "default", role }] });
    const context = await browser.newContext();
    const page = await context.newPage();
    await signIn(page, world, who);
    await page.goto(`${world.url}/integrations/1`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("github");
    await expect(page.getByRole("link", { name: "Change" })).toHaveCount(0);
    await page.goto(`${world.url}/integrations/1/edit`);
    await expect(page.getByText("You cannot do this here")).toBeVisible();
    await expect(page.locator("main").locator("form, input, textarea, select, button")).toHaveCount(0);
    await context.close();
  }
});

test("an integration is changed by keyboard alone", async ({ signedIn, world, admin }) => {
  const { settings } = await admin.must<Integration>("GET", "/integrations/1");
  await signedIn.goto(`${world.url}/integrations/1`);
  await tabTo(signedIn, signedIn.getByRole("link", { name: "Change" }));
  await signedIn.keyboard.press("Enter");
  await expect(signedIn.getByRole("heading", { level: 1 })).toHaveText("Change github");
  await expect(signedIn.locator("main")).toBeFocused();
  await tabTo(signedIn, signedIn.getByLabel("Commit stats"));
  await signedIn.keyboard.press("ArrowDown");
  await signedIn.keyboard.press("ArrowDown");
  const days = signedIn.getByLabel("Commit overlap days");
  await tabTo(signedIn, days);
  await signedIn.keyboard.type("-1");
  await signedIn.keyboard.press("Enter");
  await expect(days).toHaveAttribute("aria-invalid", "true");
  // The mistake is mended where it was made.
  await expect(days).toBeFocused();
  await signedIn.keyboard.press("ControlOrMeta+a");
  await signedIn.keyboard.type("5");
  await tabTo(signedIn, signedIn.getByRole("button", { name: "Save" }));
  await signedIn.keyboard.press("Enter");
  await says(signedIn, "The integration is changed");
  await expect(signedIn.locator("main")).toBeFocused();
  const changed = await admin.must<Integration>("GET", "/integrations/1");
  expect(changed.settings).toEqual({ commit_stats: false, commit_overlap_days: 5 });
  await admin.must("PATCH", "/integrations/1", { settings });
});
