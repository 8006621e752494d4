// Makes a token and a ballot with the scripts the pages load: one JSON line in, one out, in turn.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";

const [folder, library] = process.argv.slice(2);
runInThisContext(readFileSync(`${folder}/sealing.js`, "utf-8"));
runInThisContext(readFileSync(`${folder}/tokens.js`, "utf-8"));
const tokens = globalThis.freecoTokens;
const blindrsa = await import(pathToFileURL(library));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => JSON.parse((await lines.next()).value);
const tell = (content) => console.log(JSON.stringify(content));

const { setup } = await next();
const asked = await tokens.wish(setup, blindrsa);
tell({ blinded: asked.hidden.map((each) => each.blinded), whole: tokens.isWhole(setup, asked) });
const { signatures } = await next();
const kept = await tokens.take(setup, blindrsa, asked, signatures);
const file = tokens.readKept(JSON.stringify(kept), kept.vote);
tell({ whole: tokens.isWhole(setup, file), other: tokens.readKept(JSON.stringify(kept), "autre") });
const { marks } = await next();
for (const [place, each] of marks.entries()) tell(await tokens.ballot(setup, file, each, place + 1));
process.exit(0);
