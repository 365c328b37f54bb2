import { defineConfig } from "@playwright/test";
import type { Worker } from "./support/fixtures";

export default defineConfig<object, Worker>({
  testDir: "specs",
  // Each worker has a host of its own: more than two would be slower on a small machine.
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    actionTimeout: 15_000,
    headless: true,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
    },
  },
  projects: [
    { name: "sqlite", testIgnore: "screenshots.spec.ts" },
    // A page of each kind and a change of each kind on the other database too.
    { name: "postgres", grep: /@postgres/, use: { database: "postgres" } },
    { name: "screenshots", testMatch: "screenshots.spec.ts" },
  ],
});
