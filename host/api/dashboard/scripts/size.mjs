// Holds the first page to its size over the wire: index.html, what it names, and every
// chunk of the page that is shown first.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const LIMIT = 100 * 1024;
const dist = new URL("../dist", import.meta.url).pathname;

const wire = (name) => {
  const path = join(dist, name);
  try {
    return statSync(`${path}.gz`).size;
  } catch {
    return statSync(path).size;
  }
};

const html = readFileSync(join(dist, "index.html"), "utf8");
const first = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]);
const flow = readdirSync(join(dist, "assets"))
  .filter((name) => /^flow-.*\.(js|css)$/.test(name))
  .map((name) => `assets/${name}`);
const files = [...new Set(["index.html", ...first, ...flow])];
const everything = readdirSync(join(dist, "assets")).filter((name) => /\.(js|css|svg)$/.test(name));

const sum = (names) => names.reduce((total, name) => total + wire(name), 0);
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
for (const name of files) console.log(`${kib(wire(name)).padStart(10)}  ${name}`);
console.log(`${kib(sum(files)).padStart(10)}  the first page, of ${kib(LIMIT)} that it may have (gzip)`);
console.log(`${kib(sum(everything.map((name) => `assets/${name}`))).padStart(10)}  all pages`);
if (flow.length === 0) throw new Error("the build has no chunk of the flow page");
if (sum(files) > LIMIT) {
  console.error("size: the first page is too large");
  process.exit(1);
}
