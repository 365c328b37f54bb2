import type { Page } from "@playwright/test";
import { accessible, expect, test } from "../support/fixtures";
import { spoil } from "../support/spoil";

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
  ["/integrations/new", "Add an integration"],
  ["/quotas", "Quotas"],
  ["/tenants", "Tenants"],
  ["/users", "Users"],
  ["/audit", "Audit"],
  ["/account", "ada"],
  ["/nowhere", "Not found"],
];

const LOOKS = [
  { name: "wide and light", width: 1440, height: 900, scheme: "light" },
  { name: "at 360 px and dark", width: 360, height: 800, scheme: "dark" },
] as const;

for (const look of LOOKS) {
  test(`each page is accessible, fits, and complains of nothing, ${look.name}`, async ({
    signedIn,
    world,
    complaints,
  }) => {
    test.setTimeout(240_000);
    await signedIn.setViewportSize(look);
    await signedIn.emulateMedia({ colorScheme: look.scheme });
    await spoil(world);
    const letter = await world.sql("SELECT max(id) FROM dead_letters");
    complaints.length = 0;
    for (const [path, title] of PAGES) {
      await test.step(path, async () => {
        await signedIn.goto(world.url + path.replace(":letter", letter));
        await expect(signedIn.getByRole("heading", { level: 1 })).toContainText(title);
        await settled(signedIn);
        await expect(signedIn.locator("main").getByRole("alert")).toHaveCount(0);
        await accessible(signedIn);
        const tooWide = await signedIn.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(tooWide, "no page scrolls sideways").toBeLessThanOrEqual(0);
      });
    }
    expect(complaints).toEqual([]);
  });
}

test("the first page takes less than 200 KB over the wire", async ({ signedIn, world }) => {
  const session = await signedIn.context().newCDPSession(signedIn);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
  });
  await signedIn.goto(world.url);
  await expect(signedIn.getByRole("link", { name: /^source, github/ })).toBeVisible();
  await settled(signedIn);
  console.log(`first page: ${(bytes / 1024).toFixed(1)} KiB over the wire`);
  expect(bytes).toBeLessThan(200_000);
});

async function settled(page: Page): Promise<void> {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}
