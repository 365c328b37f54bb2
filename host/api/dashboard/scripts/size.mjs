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
const named = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]);
const assets = readdirSync(join(dist, "assets"));
const flow = assets.filter((name) => /^flow-.*\.js$/.test(name)).map((name) => `assets/${name}`);

// With what a chunk imports, and the styles that go with it.
const reached = new Set(["index.html"]);
const reach = (name) => {
  if (reached.has(name)) return;
  reached.add(name);
  if (!name.endsWith(".js")) return;
  const text = readFileSync(join(dist, name), "utf8");
  for (const [, file] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) reach(`assets/${file}`);
  const stem = name.replace(/^assets\//, "").replace(/-[^-]+\.js$/, "");
  for (const file of assets)
    if (file.startsWith(`${stem}-`) && file.endsWith(".css")) reach(`assets/${file}`);
};
for (const name of [...named, ...flow]) reach(name);
const files = [...reached];
const everything = assets.filter((name) => /\.(js|css|svg)$/.test(name));

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
