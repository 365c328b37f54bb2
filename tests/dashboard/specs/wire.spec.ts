import type { Page } from "@playwright/test";
import type { Client } from "../support/client";
import { test as base, expect } from "../support/fixtures";
import { Wire } from "../support/wire";

const LOST = "The host does not answer";

const test = base.extend<{ wire: Wire }>({
  wire: async ({ world }, use) => {
    const wire = await Wire.make(world.port);
    await use(wire);
    await wire.end();
  },
});

const stream = (page: Page) => page.locator(".side .live");
const job = (page: Page) => page.getByRole("row").filter({ hasText: "github_reviews_1" });

test.beforeEach(async ({ signedIn, wire }) => {
  await signedIn.goto(`${wire.url}/jobs?q=github_reviews_1`);
  await expect(job(signedIn)).toBeVisible();
  await expect(stream(signedIn)).toHaveText("Live");
});

test.afterEach(async ({ admin }) => {
  await admin.must("PATCH", `/jobs/${await reviews(admin)}`, { paused: false });
});

async function reviews(admin: Client): Promise<number> {
  const { items } = await admin.must<{ items: { id: number }[] }>("GET", "/jobs?q=github_reviews_1");
  return items[0]?.id ?? 0;
}

test("a stream of events that breaks comes back, without a word of alarm", async ({
  signedIn,
  wire,
  admin,
}) => {
  const again = signedIn.waitForRequest("**/api/v1/events");
  wire.break();
  await admin.must("PATCH", `/jobs/${await reviews(admin)}`, { paused: true });
  await again;
  await expect(stream(signedIn)).toHaveText("Live");
  await expect(signedIn.getByText(LOST, { exact: false })).toHaveCount(0);
  await expect(job(signedIn)).toContainText("paused", { timeout: 20_000 });
});

test("a page says that it has lost the stream, and shows what it missed once it is back", async ({
  signedIn,
  wire,
  admin,
}) => {
  wire.cut();
  await expect(stream(signedIn)).toHaveText("Not live");
  await expect(signedIn.getByText(LOST, { exact: false })).toBeVisible();
  await admin.must("PATCH", `/jobs/${await reviews(admin)}`, { paused: true });
  await expect(job(signedIn)).not.toContainText("paused");
  wire.mend();
  await signedIn.getByRole("button", { name: "Reconnect now" }).click();
  await expect(stream(signedIn)).toHaveText("Live");
  await expect(signedIn.getByText(LOST, { exact: false })).toHaveCount(0);
  await expect(job(signedIn)).toContainText("paused");
});

test("a stream that only seems open is noticed, and what was missed is shown", async ({
  signedIn,
  wire,
  admin,
}) => {
  await signedIn.clock.install();
  await signedIn.reload();
  await expect(stream(signedIn)).toHaveText("Live");
  wire.silence("/api/v1/events");
  await admin.must("PATCH", `/jobs/${await reviews(admin)}`, { paused: true });
  const again = signedIn.waitForRequest("**/api/v1/events");
  await signedIn.clock.fastForward("00:50");
  await again;
  await expect(job(signedIn)).toContainText("paused");
  await expect(stream(signedIn)).toHaveText("Live");
});

test("what is asked for while the host does not answer is not done, and can be tried again", async ({
  signedIn,
  wire,
}) => {
  await job(signedIn).getByRole("link").first().click();
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("github_reviews_1");
  wire.cut();
  await signedIn.getByRole("button", { name: "Pause" }).click();
  const dialog = signedIn.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("does not answer");
  wire.mend();
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("paused");
});
