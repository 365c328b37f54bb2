import { randomBytes } from "node:crypto";
import type { World } from "./world";

/** A text as a service may send it: markup, and marks that turn the direction of writing. */
export const HOSTILE = "<img src=x onerror=alert(1)> \u202Etxt.exe";

/** Makes dead letters of raw records, whose tenant is theirs or another. */
export async function bury(
  world: World,
  fingerprint: string,
  error: string,
  which: string,
  tenant = "tenant_id",
): Promise<void> {
  await world.sql(`
    INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version, digest,
                              error, path, created_at, fingerprint)
    SELECT ${tenant}, integration_id, run_id, stream, id, 'github_prs', '0.1.0', '${randomBytes(32).toString("hex")}',
           '${error}', 'title', fetched_at, '${fingerprint}'
    FROM raw_data WHERE stream = 'github_prs' ORDER BY id ${which};`);
}

/** Makes dead letters: two that have gone wrong in the same way, and a hostile one. */
export async function spoil(world: World): Promise<void> {
  await bury(world, "aaaa", "title: a text is expected", "LIMIT 2");
  await bury(world, "bbbb", HOSTILE.replaceAll("'", "''"), "LIMIT 1 OFFSET 2");
  await bury(world, "cccc", "number: an integer is expected", "LIMIT 3 OFFSET 3");
}
