import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
