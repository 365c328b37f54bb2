import { accessible, expect, test } from "../support/fixtures";

test("rows are searched, filtered and sorted, and the address says how", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await signedIn.goto(`${world.url}/data`);
  await signedIn.getByRole("link", { name: "prs", exact: true }).click();
  const rows = signedIn.getByRole("table", { name: "prs" }).locator("tbody tr");
  await expect(rows.first()).toBeVisible();

  await signedIn.getByText("Condition").click();
  await signedIn.getByLabel("Column").selectOption("number");
  await signedIn.getByLabel("Comparison").selectOption("le");
  await signedIn.getByLabel("Value").fill("30");
  await signedIn.getByRole("button", { name: "Add", exact: true }).click();
  await expect(signedIn).toHaveURL(/where=number%3Ale%3A30/);
  await signedIn.getByRole("button", { name: "number", exact: true }).click();
  await expect(signedIn).toHaveURL(/sort=number/);
  await expect(rows.first()).toBeVisible();

  const address = signedIn.url();
  await signedIn.goto("about:blank");
  await signedIn.goto(address);
  await expect(signedIn.getByText("number is at most 30")).toBeVisible();
  await signedIn.getByLabel("Search texts").fill("no such words in any row");
  await expect(signedIn.getByText("No row is like that")).toBeVisible();
  await signedIn.getByRole("button", { name: "Remove: number is at most 30" }).click();
  await expect(signedIn).not.toHaveURL(/where=/);
});

// JavaScript takes it for another one.
const LARGE = "9007199254740993";

test("a large number is shown as it is, and found by what is shown", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  const row = await world.sql("SELECT min(id) FROM prs");
  const number = await world.sql(`SELECT number FROM prs WHERE id = ${row}`);
  const raw = await world.sql(`SELECT raw_data_id FROM prs WHERE id = ${row}`);
  const payload = await world.sql(`SELECT payload FROM raw_data WHERE id = ${raw}`);
  const put = async (shown: string, sent: string) => {
    await world.sql(`UPDATE prs SET number = ${shown} WHERE id = ${row}`);
    await world.sql(`UPDATE raw_data SET payload = '${sent.replaceAll("'", "''")}' WHERE id = ${raw}`);
  };
  await put(LARGE, `{"number":${LARGE}}`);
  await signedIn.goto(`${world.url}/data/prs?tenant=default&where=number:eq:${LARGE}`);
  await expect(signedIn.getByRole("cell", { name: LARGE, exact: true })).toBeVisible();
  await signedIn.getByRole("link", { name: `Lineage of row ${row}` }).click();
  await expect(signedIn.locator("pre").first()).toContainText(`"number": ${LARGE}`);
  await expect(signedIn.locator("dd").getByText(LARGE)).toBeVisible();
  await put(number, payload);
});

test("columns are chosen", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/data/prs?tenant=default`);
  await signedIn.getByText(/Columns: \d+ of/).click();
  await signedIn.getByRole("checkbox", { name: "head_branch" }).check();
  await expect(signedIn.getByRole("columnheader", { name: "head_branch" })).toBeVisible();
  await expect(signedIn).toHaveURL(/columns=.*head_branch/);
  await accessible(signedIn);
});

test("a row tells where it comes from", { tag: "@postgres" }, async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/data/prs?tenant=default`);
  await signedIn
    .getByRole("link", { name: /Lineage of row/ })
    .first()
    .click();
  await expect(signedIn.getByRole("heading", { name: "Where it comes from" })).toBeVisible();
  const origin = signedIn.locator("dl").nth(1);
  await expect(origin).toContainText("github_prs");
  await expect(origin.getByRole("link", { name: /^\d+$/ })).toBeVisible();
  await expect(signedIn.locator("pre").first()).toContainText('"title"');
});
