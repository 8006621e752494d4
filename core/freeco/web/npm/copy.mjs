// Copies the two fonts and htmx from node_modules into ../static/npm, under short names.
import { copyFile, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static", "npm");
const files = {
  "bricolage.woff2":
    "@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2",
  "atkinson.woff2":
    "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
};

await mkdir(target, { recursive: true });
for (const [name, source] of Object.entries(files)) {
  await copyFile(join(here, "node_modules", source), join(target, name));
  const { size } = await stat(join(target, name));
  console.log(`${name}: ${Math.round(size / 1024)} kB`);
}

await import("./communes.mjs");
