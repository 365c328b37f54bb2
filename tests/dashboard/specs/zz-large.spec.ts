import type { Kind } from "../support/database";
import { expect, row, signIn, test } from "../support/fixtures";
import { ADMIN, type World } from "../support/world";

const JOBS = 10_000;
const ROWS = 1_000_000;
const SOON_MS = 3_000;
/** All ids are sorted for it: more than twice what the whole test takes where nothing else
 * runs. */
const SORTED_MS = 8_000;

/** Named, since other tests add tenants. */
const prs = (world: World) => `${world.url}/data/prs?tenant=default`;

/** The columns that every copy of a row has as the row has them. */
const COPIED: Record<Kind, string> = {
  sqlite: "SELECT group_concat(name) FROM pragma_table_info('prs') WHERE name",
  postgres:
    "SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE table_name = 'prs' AND column_name",
};

test.beforeAll(async ({ world, admin, database }) => {
  test.setTimeout(300_000);
  void admin;
  await world.stop();
  const columns = await world.sql(`${COPIED[database]} NOT IN ('id', 'external_id', 'number', 'title')`);
  await world.sql(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${JOBS})
    INSERT INTO etl_jobs (tenant_id, integration_id, job_name, job_type, every_minutes, priority, next_run_at, look_at, created_at)
    SELECT tenant_id, integration_id, 'many_' || substr('0000' || i, length('' || i)), job_type, 525600, 0,
           next_run_at + 31536000000000, look_at + 31536000000000, created_at
    FROM n, (SELECT * FROM etl_jobs WHERE id = 1) AS one`);
  await world.sql(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO prs (external_id, number, title, ${columns})
    SELECT 'many-' || i, 1000 + i, 'Row ' || i || ' of many', ${columns}
    FROM n, (SELECT ${columns} FROM prs WHERE id = 1) AS one`);
  await world.start();
});

test("10,000 jobs are listed page by page, and one of them is found @postgres", async ({ page, world }) => {
  await signIn(page, world, ADMIN);
  await page.goto(`${world.url}/jobs`);
  await expect(page.getByText("The first 50")).toBeVisible();
  for (const shown of [100, 150]) {
    await page.getByRole("button", { name: "Show more" }).click();
    await expect(page.getByText(`The first ${shown}`)).toBeVisible({ timeout: SOON_MS });
  }
  await page.getByLabel("Name").fill("many_09999");
  await expect(row(page, "many_09999")).toBeVisible({ timeout: SOON_MS });
  await expect(page.getByText("1 in all")).toBeVisible();
});

test("1,000,000 rows are read page by page, found and searched @postgres", async ({ page, world }) => {
  test.setTimeout(120_000);
  await signIn(page, world, ADMIN);
  await page.goto(prs(world));
  await expect(page.getByText("The first 50")).toBeVisible();
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.getByText("The first 100")).toBeVisible({ timeout: SOON_MS });
  await page.goto(`${prs(world)}&where=${encodeURIComponent("external_id:eq:many-987654")}`);
  await expect(page.getByText("Row 987654 of many")).toBeVisible({ timeout: 20_000 });
  await page.goto(`${prs(world)}&q=${encodeURIComponent("Row 999999 of many")}`);
  await expect(page.getByText("Row 999999 of many")).toBeVisible({ timeout: 30_000 });
});

test("1,000,000 rows are sorted by a column that has no index, page by page @postgres", async ({
  page,
  world,
}) => {
  await signIn(page, world, ADMIN);
  await page.goto(`${prs(world)}&sort=-number`);
  await expect(page.getByText("Row 1000000 of many", { exact: true })).toBeVisible({ timeout: SORTED_MS });
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.getByText("Row 999901 of many", { exact: true })).toBeVisible({ timeout: SORTED_MS });
  await expect(page.getByText("The first 100")).toBeVisible();
});
