// Puts a new build in the place of the last one if they differ: the same pages leave the
// host, which is built anew where they change, as it is.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const [built, dist] = ["dist.new", "dist"].map((name) => new URL(`../${name}`, import.meta.url).pathname);

const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .sort();
const same = () => {
  const names = files(built);
  if (!existsSync(dist) || files(dist).join() !== names.join()) return false;
  return names.every((name) => readFileSync(join(built, name)).equals(readFileSync(join(dist, name))));
};

if (same()) {
  rmSync(built, { recursive: true });
} else {
  rmSync(dist, { recursive: true, force: true });
  renameSync(built, dist);
}
