import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Page } from "@playwright/test";
import { needed } from "./processes";
import type { World } from "./world";

const FOLDER = () =>
  process.env.RUNNEL_PLUGINS ?? join(dirname(needed("RUNNEL_BIN")), "../plugins/components");

/** The transform of pull requests as it is. */
export function currentVersion(): string {
  return join(FOLDER(), "github_prs.wasm");
}

/**
 * Another version of it, which finds no assignee: made of its bytes, since nothing
 * here compiles. Texts of the same length take nothing out of its place.
 */
export function otherVersion(world: World, version: string): string {
  const bytes = readFileSync(currentVersion(), "latin1");
  const other = bytes.replace(/(?<!@)0\.1\.0/g, version).replaceAll("assignee.login", "assignee.logix");
  const file = join(world.folder, `github_prs-${version}.wasm`);
  writeFileSync(file, other, "latin1");
  return file;
}

/** Drops files on the page Plugins, as a hand would from a folder. */
export async function drop(page: Page, files: string[]): Promise<void> {
  const contents = files.map((file) => [basename(file), readFileSync(file).toString("base64")] as const);
  const dataTransfer = await page.evaluateHandle((contents) => {
    const data = new DataTransfer();
    for (const [name, text] of contents) {
      const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, contents);
  await page.getByRole("region", { name: "Install a plugin" }).dispatchEvent("drop", { dataTransfer });
}
