import { expect, row, says, test } from "../support/fixtures";

test("a job is found by its name, and the address keeps what is looked for", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/jobs`);
  await signedIn.getByLabel("Name").fill("github_prs");
  await expect(signedIn).toHaveURL(/q=github_prs/);
  await expect(row(signedIn, "github_commits_1")).toHaveCount(0);
  await signedIn.reload();
  await expect(signedIn.getByLabel("Name")).toHaveValue("github_prs");
  await row(signedIn, "github_prs_1").getByRole("link", { name: "github_prs_1" }).click();
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("github_prs_1");
});

test("a job is paused and resumed", { tag: "@postgres" }, async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/jobs/2`);
  await signedIn.getByRole("button", { name: "Pause" }).click();
  await says(signedIn, "No run starts");
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("paused");
  await signedIn.getByRole("button", { name: "Resume" }).click();
  await expect(signedIn.getByRole("heading", { level: 1 })).not.toContainText("paused");
});

test("a job runs when it is asked to, and its run is seen without a reload", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await signedIn.goto(`${world.url}/jobs/1`);
  await expect(signedIn.getByRole("heading", { name: "Runs" })).toBeVisible();
  const runs = signedIn.getByRole("table", { name: "Runs of this job" }).getByRole("row");
  await signedIn.getByRole("button", { name: "Run now" }).click();
  await says(signedIn, "Asked for");
  await expect(runs.filter({ hasText: "succeeded" }).first()).toBeVisible({ timeout: 30_000 });
  await runs.filter({ hasText: "succeeded" }).getByRole("link").first().click();
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText(/Run \d+/);
  await expect(signedIn.getByText("Requests", { exact: true })).toBeVisible();
  await expect(signedIn.getByRole("heading", { name: "Log" })).toBeVisible();
});

test("a schedule is changed, and a mistake stands beside its field", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await signedIn.goto(`${world.url}/jobs/2`);
  await signedIn.getByRole("button", { name: "Change schedule" }).click();
  const dialog = signedIn.getByRole("dialog", { name: "Change schedule" });
  // Which waits for this one.
  await dialog.getByLabel("Depends on").fill("github_commits_1");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.locator(".mistake, .problem").first()).toContainText(/github_/);
  await dialog.getByLabel("Depends on").fill("github_repositories_1");
  await dialog.getByLabel("Every so many minutes").fill("90");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(signedIn.getByText("every 1 h 30 min")).toBeVisible();
});

test("what a job waits for is told, down the whole chain", async ({ signedIn, world, admin }) => {
  // Nobody works, or the jobs would succeed one after another.
  await world.restart("--queues", "etl.load.jira");
  await world.add("chain", "acme/repo-2");
  const { items } = await admin.must<{ items: { id: number; name: string }[] }>("GET", "/jobs?limit=200");
  const job = (name: RegExp) => items.filter((one) => name.test(one.name)).at(-1)?.id ?? 0;
  await admin.must("PATCH", `/jobs/${job(/github_repositories/)}`, { paused: true });
  await signedIn.goto(`${world.url}/jobs/${job(/github_reviews/)}`);
  const chain = signedIn.locator(".chain").first();
  await expect(chain).toContainText("github_prs");
  await expect(chain).toContainText("github_repositories");
  await world.restart();
});

test("a run shows the quota of its integration's account, and no other's of the same service", async ({
  signedIn,
  world,
}) => {
  await world.sql("INSERT INTO quotas (account, host) VALUES ('somebody-elses', '127.0.0.1')");
  await signedIn.goto(`${world.url}/quotas`);
  await expect(row(signedIn, "somebody-elses")).toBeVisible();
  await signedIn.goto(`${world.url}/runs/1`);
  const quotas = signedIn.getByRole("table", { name: "Quotas" });
  await expect(quotas.getByRole("row")).toHaveCount(2);
  await expect(row(signedIn, "somebody-elses")).toHaveCount(0);
});

test("the run that is under way is given up", async ({ signedIn, world, admin }) => {
  const { items } = await admin.must<{ items: { id: number }[] }>("GET", "/jobs?limit=1");
  const job = items[0]?.id ?? 1;
  // No worker takes what this run has to do.
  await world.restart("--queues", "etl.load.jira");
  await admin.must("POST", `/jobs/${job}/run`);
  await signedIn.goto(`${world.url}/jobs/${job}`);
  await signedIn.getByRole("button", { name: "Cancel the run" }).click();
  await signedIn.getByRole("dialog").getByRole("button", { name: "Cancel the run" }).click();
  await says(signedIn, "given up");
  await expect(signedIn.getByText("cancelled").first()).toBeVisible();
  await world.restart();
});
