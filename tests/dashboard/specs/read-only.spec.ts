import { expect, signIn, test } from "../support/fixtures";
import { offered, walk } from "../support/pages";
import { spoil } from "../support/spoil";
import { ADMIN } from "../support/world";

const WORDS = "This host is read-only: nothing can be changed through it.";

test.beforeAll(async ({ world, admin }) => {
  void admin;
  await spoil(world);
  await world.restart("--api-read-only", "true");
});

test.afterAll(({ world }) => world.restart());

test("on a read-only host each page is shown, says so, and offers no change", async ({
  signedIn,
  world,
  complaints,
}) => {
  test.setTimeout(120_000);
  const offers: [string, string[]][] = [];
  await walk(signedIn, world, async (path) => {
    await expect(signedIn.getByText(WORDS)).toBeVisible();
    await expect(signedIn.locator("main").getByRole("alert")).toHaveCount(0);
    offers.push([path, await offered(signedIn)]);
  });
  expect(offers.filter(([, names]) => names.length > 0)).toEqual([]);
  expect(complaints).toEqual([]);
});

test("a read-only host refuses a change with words that say why", async ({ admin }) => {
  for (const [method, path, body] of [
    ["PATCH", "/jobs/1", { paused: true }],
    ["POST", "/jobs/1/run", {}],
    ["POST", "/replays", { entity: "github_prs" }],
    ["POST", "/dead-letters/drop", { fingerprint: "aaaa" }],
    ["DELETE", "/integrations/1", undefined],
  ] as const) {
    const answer = await admin.call<{ detail: string }>(method, path, body);
    expect(answer.status, path).toBe(403);
    expect(answer.body.detail).toContain("this host is read-only (api.read_only)");
  }
});

test("a page that is open when its host becomes read-only says so, and withdraws what it offers", async ({
  signedIn,
  world,
}) => {
  await world.restart();
  await signedIn.goto(`${world.url}/jobs/1`);
  const run = signedIn.getByRole("button", { name: "Run now" });
  await expect(run).toBeVisible();
  await expect(signedIn.getByText(WORDS)).toHaveCount(0);
  await world.restart("--api-read-only", "true");
  await expect(signedIn.getByText(WORDS)).toBeVisible({ timeout: 40_000 });
  await expect(run).toHaveCount(0);
});

test("one signs in to a read-only host, and out of it", async ({ page, world }) => {
  await signIn(page, world, ADMIN);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Runnel" })).toBeVisible();
});
