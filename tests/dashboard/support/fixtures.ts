import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { Client } from "./client";
import type { Kind } from "./database";
import { spoil } from "./spoil";
import { ADMIN, World } from "./world";

export interface Worker {
  /** What keeps the data of the host. */
  database: Kind;
  /** A host with data, whose first admin is there. */
  world: World;
  /** The first admin, without a browser. */
  admin: Client;
}

interface Each {
  /** What the page complained of in its console. */
  complaints: string[];
  /** An empty page, whose browser the admin is signed in with. */
  signedIn: Page;
}

export const test = base.extend<Each, Worker>({
  database: ["sqlite", { scope: "worker", option: true }],
  world: [
    async ({ database }, use) => {
      const world = await World.make(database);
      try {
        await world.fill();
        await spoil(world);
        await use(world);
      } finally {
        await world.end();
      }
    },
    { scope: "worker", timeout: 180_000 },
  ],
  admin: [
    async ({ world }, use) => {
      const admin = new Client(world);
      await admin.must("POST", "/setup", { link: await world.setupLink(), ...ADMIN });
      await use(admin);
    },
    { scope: "worker" },
  ],
  complaints: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await use(complaints);
  },
  // By a cookie: that the form of the sign-in makes one is tested once, and takes seconds.
  signedIn: async ({ page, admin, complaints }, use) => {
    void complaints;
    await page.context().addCookies([admin.session]);
    await use(page);
  },
});

export async function signIn(
  page: Page,
  world: World,
  who: { name: string; password: string },
): Promise<void> {
  await page.goto(world.url);
  await page.getByLabel("Name", { exact: true }).fill(who.name);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Flow" })).toBeVisible();
}

/** Insists that axe-core finds nothing. */
export async function accessible(page: Page): Promise<void> {
  // No page has frames: the mode that is for them opens a page of its own each time.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const { violations } = await axe.analyze();
  const words = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
  expect(words).toEqual([]);
}

/** A row of a table by what is in it. */
export function row(page: Page, text: string | RegExp) {
  return page.getByRole("row").filter({ hasText: text });
}

/** What the page said was done. */
export async function says(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.locator(".notice")).toContainText(words);
}

export { expect };
