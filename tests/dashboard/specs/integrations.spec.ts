import { accessible, expect, row, says, test } from "../support/fixtures";
import { TOKEN } from "../support/world";

test("an integration is tested and added with a form of the source's settings", { tag: "@postgres" }, async ({
  signedIn,
  world,
}) => {
  await signedIn.goto(`${world.url}/integrations`);
  await signedIn.getByRole("link", { name: "Add an integration" }).click();
  await signedIn.getByLabel("Source").selectOption("github");
  await expect(
    signedIn.getByRole("group", { name: "Settings of github" }).getByLabel("Commit overlap days"),
  ).toBeVisible();

  await signedIn.getByLabel("What to read").fill("acme/repo-1");
  await signedIn.getByLabel("Address").fill("https://127.0.0.1:1");
  await signedIn.getByLabel("Name").fill("by hand");
  await signedIn.getByRole("button", { name: "Test the connection" }).click();
  await expect(
    signedIn.getByText("The service does not let us in").or(signedIn.getByRole("alert")),
  ).toBeVisible();

  await signedIn.getByLabel("Address").fill(world.github);
  await signedIn.getByLabel("Token").fill("a wrong one");
  await signedIn.getByRole("button", { name: "Test the connection" }).click();
  const tested = signedIn.locator(".tested");
  await expect(tested).toContainText("The service does not let us in");
  await expect(tested).toContainText("401");
  await accessible(signedIn);

  await signedIn.getByLabel("Token").fill(TOKEN);
  // What was said of another token is not said of this one.
  await expect(tested).toHaveCount(0);
  await signedIn.getByRole("button", { name: "Test the connection" }).click();
  await expect(signedIn.getByText("The service answers")).toBeVisible();
  await accessible(signedIn);
  await signedIn.getByLabel("Commit overlap days").fill("7");
  await signedIn.getByRole("button", { name: "Add it" }).click();
  await expect(signedIn.getByRole("heading", { level: 1 })).toContainText("by hand");
  await expect(signedIn.getByText("kept, encrypted")).toBeVisible();
  await expect(signedIn.getByText("commit_overlap_days").locator("..")).toContainText("7");
  await expect(row(signedIn, "github_prs")).toBeVisible();
});

test("a mistake in a setting stands beside its field", async ({ signedIn, world }) => {
  await signedIn.goto(`${world.url}/integrations/new`);
  await signedIn.getByLabel("Source").selectOption("github");
  await signedIn.getByLabel("What to read").fill("a/b/c/d not a repository");
  await signedIn.getByLabel("Address").fill(world.github);
  await signedIn.getByRole("button", { name: "Add it" }).click();
  await expect(signedIn.locator(".mistake, .problem").first()).toBeVisible();
});

test("an integration is tested with its credential, paused, and removed after a question", {
  tag: "@postgres",
}, async ({ signedIn, world, admin }) => {
  await world.add("to be removed", "acme/repo-1");
  const { items } = await admin.must<{ items: { id: number; name: string }[] }>(
    "GET",
    "/integrations?q=removed",
  );
  await signedIn.goto(`${world.url}/integrations/${items[0]?.id}`);
  await signedIn.getByRole("button", { name: "Test the connection" }).click();
  await expect(signedIn.getByText("The service answers")).toBeVisible();
  await signedIn.getByRole("button", { name: "Pause" }).click();
  await says(signedIn, "None of its jobs starts");
  await signedIn.getByRole("button", { name: "Remove" }).click();
  await signedIn.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(signedIn).toHaveURL(/\/integrations$/);
  await expect(row(signedIn, "to be removed")).toHaveCount(0);
});
