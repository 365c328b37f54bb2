import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import type { World } from "./world";

/** Each page, and what its heading holds: `:letter` is a dead letter that is there. */
const PAGES: [path: string, title: string | RegExp][] = [
  ["/", "Flow"],
  ["/jobs", "Jobs"],
  ["/jobs/1", /github_\w+_1/],
  ["/runs", "Runs"],
  ["/runs/1", /Run 1/],
  ["/replays", "Replays"],
  ["/dead-letters", "Dead letters"],
  ["/dead-letters/groups/aaaa", /a text is expected/],
  ["/dead-letters/:letter", /Dead letter \d+/],
  ["/plugins", "Plugins"],
  ["/plugins/github_prs", "github_prs"],
  ["/plugins/github_prs/diff", "Compare versions of github_prs"],
  ["/data", "Data"],
  ["/data/prs", "prs"],
  ["/data/prs/1", "Row 1"],
  ["/integrations", "Integrations"],
  ["/integrations/1", /github/],
  ["/integrations/1/edit", "Change github"],
  ["/integrations/new", "Add an integration"],
  ["/quotas", "Quotas"],
  ["/tenants", "Tenants"],
  ["/users", "Users"],
  ["/audit", "Audit"],
  ["/account", /./],
  ["/nowhere", "Not found"],
];

/** Goes to each page of a host with dead letters, and looks at it once it shows all that it has. */
export async function walk(page: Page, world: World, look: (path: string) => Promise<void>): Promise<void> {
  const letter = await world.sql("SELECT max(id) FROM dead_letters");
  for (const [path, title] of PAGES) {
    await test.step(path, async () => {
      await page.goto(world.url + path.replace(":letter", letter));
      await expect(page.getByRole("heading", { level: 1 })).toContainText(title);
      await settled(page);
      await look(path);
    });
  }
}

/** Waits until nothing is awaited any more. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

// What changes nothing but what is seen.
const HARMLESS = /^(Copy .*|Show more|Columns: .*)$/;

/** The buttons of a page that are there to change something. */
export async function offered(page: Page): Promise<string[]> {
  // Those of a table's head sort, and a form of conditions filters.
  const buttons = page.locator("main button:enabled:not(thead button):not(.conditions button)");
  const names = await buttons.evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility())
      .map((one) => one.getAttribute("aria-label") ?? one.textContent),
  );
  return names.map((name) => name?.trim() ?? "").filter((name) => !HARMLESS.test(name));
}
