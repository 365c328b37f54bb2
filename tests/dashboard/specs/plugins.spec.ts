import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessible, expect, row, says, test } from "../support/fixtures";
import { currentVersion, drop, otherVersion } from "../support/plugin";

test.describe.configure({ mode: "serial" });

test("what is no component is refused, and the page says why", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  const file = join(world.folder, "nonsense.wasm");
  writeFileSync(file, "nonsense");
  await signedIn.goto(`${world.url}/plugins`);
  await signedIn.getByLabel(/Install a version/).setInputFiles(file);
  await expect(signedIn.getByRole("region", { name: "Install a plugin" }).getByRole("alert")).toContainText(
    /component/,
  );
});

test("a version is installed by dropping its file, and by choosing it", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await signedIn.goto(`${world.url}/plugins`);
  await signedIn.getByLabel(/Install a version/).setInputFiles(currentVersion());
  await expect(signedIn).toHaveURL(/\/plugins\/github_prs$/);

  await signedIn.goto(`${world.url}/plugins`);
  await drop(signedIn, [otherVersion(world, "0.1.7")]);
  await expect(signedIn).toHaveURL(/\/plugins\/github_prs$/);
  await expect(row(signedIn, "0.1.7")).toBeVisible();
});

test("two versions are compared, column by column, with samples", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await signedIn.goto(`${world.url}/plugins/github_prs/diff?from=0.1.0&to=0.1.7`);
  await signedIn.getByRole("button", { name: "Compare" }).click();
  const samples = signedIn.getByRole("table", { name: "Samples of prs.assignee_login" });
  await expect(samples.getByRole("row").nth(1)).toContainText("nothing");
  await accessible(signedIn);
});

test("a version is activated, tried in the shadow and as a canary, and rolled back", {
  tag: "@postgres",
}, async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/plugins/github_prs`);
  const versions = signedIn.getByRole("table", { name: "Versions" });
  // For a moment after a change the host may show what it has loaded as one of its folder's.
  const of = (version: string) =>
    versions.getByRole("row").filter({ hasText: version }).filter({ hasText: "database" });
  const dialog = signedIn.getByRole("dialog");
  const installed = of("0.1.0");

  await installed.getByRole("button", { name: "Activate 0.1.0" }).click();
  await accessible(signedIn);
  await dialog.getByRole("button", { name: "Activate", exact: true }).click();
  await expect(installed).toContainText("every tenant");

  await of("0.1.7").getByRole("button", { name: "Activate 0.1.7" }).click();
  await dialog.getByRole("radio", { name: /Shadow/ }).check();
  await dialog.getByRole("button", { name: "Begin the shadow" }).click();
  await expect(of("0.1.7")).toContainText("shadow");

  await of("0.1.7").getByRole("button", { name: "Activate 0.1.7" }).click();
  await dialog.getByRole("radio", { name: /Canary/ }).check();
  await dialog.getByRole("slider").fill("25");
  await expect(dialog.getByText("Share of the records: 25%")).toBeVisible();
  await dialog.getByRole("button", { name: "Begin the canary" }).click();
  await expect(of("0.1.7")).toContainText("canary 25%");

  await of("0.1.7")
    .getByRole("link", { name: /canary/ })
    .click();
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("canary of github_prs 0.1.7");
  await accessible(signedIn);
  await signedIn.getByRole("button", { name: "Make it the active one" }).click();
  await dialog.getByRole("button", { name: "Make it the active one" }).click();
  await expect(of("0.1.7")).toContainText("every tenant");

  await signedIn.getByRole("button", { name: "Roll back" }).click();
  await dialog.getByLabel("Why").fill("it finds no assignee");
  await dialog.getByRole("button", { name: "Roll back" }).click();
  await says(signedIn, "Rolled back");
  await expect(of("0.1.7")).toContainText("nobody");
});

test("a version that nobody runs is retired", { tag: "@postgres" }, async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/plugins/github_prs`);
  const version = signedIn
    .getByRole("table", { name: "Versions" })
    .getByRole("row")
    .filter({ hasText: "0.1.7" });
  await version.getByRole("button", { name: "Retire" }).click();
  await signedIn.getByRole("dialog").getByRole("button", { name: "Retire" }).click();
  await expect(version).toContainText("retired");
});
