// Writes the names of the communes, compact, where freeco.places.gazetteer reads them.
// Source: @etalab/decoupage-administratif (MIT), made from INSEE's official code and La Poste.
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "node_modules", "@etalab", "decoupage-administratif", "data");
const target = join(here, "..", "..", "places", "prepared");

const read = async (name) => JSON.parse(await readFile(join(source, name), "utf-8"));
const departements = Object.fromEntries(
  (await read("departements.json")).map(({ code, nom }) => [code, nom]),
);
const communes = (await read("communes.json"))
  .filter(({ type }) => type === "commune-actuelle")
  .map(({ code, nom, departement, codesPostaux = [], population = 0 }) =>
    [code, nom, departement, codesPostaux, population]);

await mkdir(target, { recursive: true });
const file = join(target, "communes.json.gz");
await writeFile(file, gzipSync(JSON.stringify({
  source: "INSEE et La Poste, par Etalab (@etalab/decoupage-administratif)",
  departements,
  communes,
}), { level: 9 }));
const { size } = await stat(file);
console.log(`communes.json.gz: ${communes.length} communes, ${Math.round(size / 1024)} kB`);
