import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, row, test } from "../support/fixtures";
import { drop, otherVersion } from "../support/plugin";
import { run } from "../support/processes";
import type { World } from "../support/world";

/** Makes a pair of keys, whose public one is the file that this answers. */
async function makeKey(world: World, name: string): Promise<string> {
  const publicKey = join(world.folder, `${name}.pub`);
  await minisign(world, "-G", "-W", "-p", publicKey, "-s", join(world.folder, `${name}.key`));
  return publicKey;
}

/** Signs a component: the file that this answers lies beside it. */
async function sign(world: World, component: string, key: string): Promise<string> {
  await minisign(world, "-S", "-s", join(world.folder, `${key}.key`), "-m", component);
  return `${component}.minisig`;
}

const minisign = (world: World, ...args: string[]) => run("minisign", args, process.env, world.folder);

const refusal = (page: Page) => page.getByRole("region", { name: "Install a plugin" }).getByRole("alert");

let component: string;

test.beforeAll(async ({ world, admin }) => {
  void admin;
  await makeKey(world, "acme");
  await makeKey(world, "stranger");
  component = otherVersion(world, "0.1.9");
  await world.restart("--require-signature", join(world.folder, "acme.pub"));
});

test.afterAll(({ world }) => world.restart());

test.beforeEach(({ signedIn, world }) => signedIn.goto(`${world.url}/plugins`).then(() => undefined));

test("a component without a signature is refused where signatures are asked for", async ({ signedIn }) => {
  await drop(signedIn, [component]);
  await expect(refusal(signedIn)).toContainText(/github_prs-0\.1\.9\.wasm|not signed|signature/);
});

test("a component that somebody else has signed is refused", async ({ signedIn, world }) => {
  await drop(signedIn, [component, await sign(world, component, "stranger")]);
  await expect(refusal(signedIn)).toContainText(/signed by/);
});

test("a signature of other bytes is refused", async ({ signedIn, world }) => {
  const other = otherVersion(world, "0.1.8");
  const signature = join(world.folder, "github_prs-0.1.9.wasm.minisig");
  copyFileSync(await sign(world, other, "acme"), signature);
  await drop(signedIn, [signature, component]);
  await expect(refusal(signedIn)).toBeVisible();
});

test("a component is installed by dropping it together with its signature", async ({ signedIn, world }) => {
  await drop(signedIn, [await sign(world, component, "acme"), component]);
  await expect(signedIn).toHaveURL(/\/plugins\/github_prs$/);
  await expect(row(signedIn, "0.1.9")).toContainText("signed");
});
