import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../support/fixtures";
import { currentVersion, otherVersion } from "../support/plugin";

const OUT = join(import.meta.dirname, "../../../docs/images/dashboard");

const SHOTS: [name: string, path: string][] = [
  ["flow", "/"],
  ["jobs", "/jobs"],
  ["job", "/jobs/2"],
  ["runs", "/runs"],
  ["run", "/runs/2"],
  ["dead-letters", "/dead-letters"],
  ["dead-letter", "/dead-letters/1"],
  ["plugins", "/plugins"],
  ["plugin", "/plugins/github_prs"],
  ["plugin-diff", "/plugins/github_prs/diff?from=0.1.0&to=0.1.7"],
  ["data", "/data/prs?tenant=default"],
  ["lineage", "/data/prs/1"],
  ["replays", "/replays"],
  ["integrations", "/integrations"],
  ["integration-new", "/integrations/new"],
  ["quotas", "/quotas"],
  ["tenants", "/tenants"],
  ["users", "/users"],
  ["account", "/account"],
  ["audit", "/audit"],
];

test("a picture of each page", async ({ signedIn, world, admin }) => {
  test.setTimeout(300_000);
  const cookies = await signedIn.context().cookies();
  const cookie = cookies.map((one) => `${one.name}=${one.value}`).join("; ");
  for (const file of [currentVersion(), otherVersion(world, "0.1.7")]) {
    const headers = { cookie, origin: world.url, "content-type": "application/wasm" };
    await fetch(`${world.url}/api/v1/plugins`, { method: "POST", headers, body: readFileSync(file) });
  }
  await admin.call("POST", "/plugins/github_prs/activate", { version: "0.1.0" });
  await admin.call("POST", "/trials", {
    plugin: "github_prs",
    version: "0.1.7",
    kind: "canary",
    percent: 10,
  });
  await admin.call("POST", "/tenants", { name: "acme" });
  await admin.call("POST", "/users", {
    name: "grace",
    password: "a long enough password",
    grants: [{ tenant: "acme", role: "operator" }],
  });
  await signedIn.setViewportSize({ width: 1280, height: 800 });
  for (const [name, path] of SHOTS) {
    await signedIn.goto(world.url + path);
    await expect(signedIn.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(signedIn.locator("[aria-busy=true]")).toHaveCount(0);
    await expect(signedIn.locator(".side .live")).toHaveText("Live");
    if (name === "plugin-diff") {
      await signedIn.getByRole("button", { name: "Compare" }).click();
      await expect(signedIn.getByRole("table", { name: /Samples/ }).first()).toBeVisible();
    }
    // For the charts, which draw in the next frame, and the first words of the stream.
    await signedIn.waitForTimeout(name === "flow" ? 7_000 : 500);
    await signedIn.screenshot({ path: join(OUT, `${name}.png`), animations: "disabled" });
  }
  await signedIn.setViewportSize({ width: 360, height: 800 });
  await signedIn.emulateMedia({ colorScheme: "dark" });
  await signedIn.goto(world.url);
  await signedIn.waitForTimeout(1_000);
  await signedIn.screenshot({ path: join(OUT, "flow-narrow-dark.png"), animations: "disabled" });
});
