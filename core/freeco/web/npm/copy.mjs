// Copies the two fonts, htmx and blind signatures from node_modules into ../static/npm, under short names.
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
  // Blind signatures (RFC 9474), as modules that name each other: the parts that a voter needs.
  "blindrsa/blindrsa.js": "@cloudflare/blindrsa-ts/lib/src/blindrsa.js",
  "blindrsa/util.js": "@cloudflare/blindrsa-ts/lib/src/util.js",
  "blindrsa/sjcl/index.js": "@cloudflare/blindrsa-ts/lib/src/sjcl/index.js",
};

await mkdir(target, { recursive: true });
for (const [name, source] of Object.entries(files)) {
  await mkdir(dirname(join(target, name)), { recursive: true });
  await copyFile(join(here, "node_modules", source), join(target, name));
  const { size } = await stat(join(target, name));
  console.log(`${name}: ${Math.round(size / 1024)} kB`);
}

await import("./communes.mjs");
