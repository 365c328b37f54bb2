import type { Page } from "@playwright/test";
import { accessible, expect, says, test } from "../support/fixtures";

const ended = (page: Page) => page.getByText("Ended").locator("..");
const state = (page: Page) => page.getByRole("heading", { level: 1 });

// With all its workers.
test.afterAll(({ world }) => world.restart());

/** Asks on the page for a replay of all pull requests. */
async function begin(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/replays`);
  await page.getByRole("button", { name: "Replay" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Records of").selectOption("github_prs");
  await dialog.getByRole("button", { name: "Replay" }).click();
  await expect(page).toHaveURL(/\/replays\/\d+/);
}

test("records are replayed, and the replay tells how far it is", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await signedIn.goto(`${world.url}/replays`);
  await signedIn.getByRole("button", { name: "Replay" }).click();
  await accessible(signedIn);
  // Nothing is loaded until there is a worker for it.
  await world.restart("--queues", "etl.transform.github");
  await begin(signedIn, world.url);
  await expect(signedIn.getByRole("heading", { name: "By integration" })).toBeVisible();
  const progress = signedIn.getByRole("progressbar", { name: "How far the replay is" });
  await expect(progress).toHaveAttribute("value", "1", { timeout: 30_000 });
  await expect(signedIn.getByText("all mapped, being loaded")).toBeVisible();
  await world.restart();
  await expect(ended(signedIn)).not.toContainText("–", { timeout: 45_000 });
  await expect(state(signedIn)).toContainText("succeeded");
  await expect(signedIn.getByText("Unchanged").locator("..")).toContainText(/\d/);
});

test("a replay is paused, stays so over a restart, and goes on to its end when it is resumed", async ({
  signedIn,
  world,
}) => {
  // No worker takes what the replay has to do.
  await world.restart("--queues", "etl.load.jira");
  await begin(signedIn, world.url);
  await signedIn.getByRole("button", { name: "Pause" }).click();
  await says(signedIn, "It is paused");
  await expect(state(signedIn)).toContainText("paused");
  await world.restart();
  await expect(signedIn.locator(".side .live")).toHaveText("Live", { timeout: 40_000 });
  await expect(state(signedIn)).toContainText("paused");
  await expect(ended(signedIn)).toContainText("–");
  await signedIn.getByRole("button", { name: "Resume" }).click();
  await says(signedIn, "It goes on");
  await expect(state(signedIn)).toContainText("succeeded", { timeout: 45_000 });
  await expect(signedIn.getByRole("button", { name: /Pause|Resume|Cancel/ })).toHaveCount(0);
});

test("a replay is cancelled after a question", async ({ signedIn, world }) => {
  await world.restart("--queues", "etl.load.jira");
  await begin(signedIn, world.url);
  await signedIn.getByRole("button", { name: "Cancel" }).click();
  const dialog = signedIn.getByRole("dialog");
  await dialog.getByRole("button", { name: "Keep it as it is" }).click();
  await expect(state(signedIn)).toContainText("running");
  await signedIn.getByRole("button", { name: "Cancel" }).click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await says(signedIn, "The replay is given up");
  await expect(state(signedIn)).toContainText("cancelled");
  await expect(ended(signedIn)).not.toContainText("–");
  await expect(signedIn.getByRole("button", { name: /Pause|Resume|Cancel/ })).toHaveCount(0);
});
