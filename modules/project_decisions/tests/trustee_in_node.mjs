// Does what the pages of trustees and of codes do, with the scripts that they load: a line of JSON
// in, a line out.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

for (const script of process.argv.slice(2)) runInThisContext(readFileSync(script, "utf-8"));
const { freecoTrustee: trustee, freecoCodes: codes, freecoSums: counted } = globalThis;
const acts = {
  draw: ({ election, opens, place, threshold, passphrase }) =>
    trustee.lock(trustee.draw(election, opens, place, threshold), passphrase),
  step: async ({ file, passphrase, task }) =>
    trustee.steps[task.step](await trustee.unlock(file, passphrase), task),
  open: async ({ file, passphrase, task, archive }) => {
    const found = await counted.sums(Uint8Array.from(Buffer.from(archive, "base64")));
    const kept = await trustee.unlock(file, passphrase);
    const secret = await trustee.secretOf(kept, task);
    const ours = trustee.holdsPlace(secret, kept.place, found.trustees);
    const parts = await trustee.openSum(secret, found.electionText, found.alphas);
    const { ballots, codes, setup, end } = found;
    return { ...parts, ballots, codes, setup, end, ours };
  },
  openEach: async ({ file, passphrase, task }) => {
    const alphas = JSON.parse(task.sums).map((row) => row.map(({ alpha }) => BigInt(alpha)));
    const secret = await trustee.secretOf(await trustee.unlock(file, passphrase), task);
    return { opening: await trustee.open(secret, task.election, alphas, task.form) };
  },
  code: async ({ election }) => {
    const code = codes.draw();
    return { code, publicHalf: await codes.publicOf(code, election) };
  },
  read: ({ typed }) => codes.read(typed),
};
for await (const line of createInterface({ input: process.stdin })) {
  const { act, ...given } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ done: await acts[act](given) }));
  } catch (error) {
    console.log(JSON.stringify({ refused: error.message }));
  }
}
