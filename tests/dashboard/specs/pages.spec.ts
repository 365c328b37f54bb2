import { accessible, expect, test } from "../support/fixtures";
import { settled, walk } from "../support/pages";
import { spoil } from "../support/spoil";

const LOOKS = [
  { name: "wide and light", width: 1440, height: 900, scheme: "light", tag: ["@postgres"] },
  { name: "at 360 px and dark", width: 360, height: 800, scheme: "dark", tag: [] },
] as const;

for (const { name, scheme, tag, ...size } of LOOKS) {
  test(`each page is accessible, fits, and complains of nothing, ${name}`, { tag: [...tag] }, async ({
    signedIn,
    world,
    database,
    complaints,
  }) => {
    test.setTimeout(240_000);
    await signedIn.setViewportSize(size);
    await signedIn.emulateMedia({ colorScheme: scheme });
    await spoil(world);
    await walk(signedIn, world, async () => {
      await expect(signedIn.locator("main").getByRole("alert")).toHaveCount(0);
      // What is accessible is so whatever keeps the data.
      if (database === "sqlite") await accessible(signedIn);
      const tooWide = await signedIn.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(tooWide, "no page scrolls sideways").toBeLessThanOrEqual(0);
    });
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
