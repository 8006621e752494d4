// Seals ballots with the script the voting page loads: one JSON line in, one out.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

runInThisContext(readFileSync(process.argv[2], "utf-8"));
for await (const line of createInterface({ input: process.stdin })) {
  const { election, credential, answers } = JSON.parse(line);
  const began = performance.now();
  const sealed = await globalThis.freecoSealing.seal(election, credential, answers);
  console.log(JSON.stringify({ ...sealed, milliseconds: performance.now() - began }));
}
