// Answers, line by line, whether @sigstore/verify believes a checkpoint and a path to it.
//
// Each line is {note, name, id, public, entry?, index?, path?}: the log's name, the id of its key
// in notes, the key (SPKI), then what is shown to be in the log; all bytes are in Base64. The answer
// is {ok, why}. Only their own functions decide.

const { createPublicKey } = require("node:crypto");
const { createInterface } = require("node:readline");
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");

function judge(job) {
  const der = Buffer.from(job.public, "base64");
  const log = {
    logID: Buffer.from(job.id, "base64"),
    baseURL: job.name,
    publicKey: createPublicKey({ key: der, format: "der", type: "spki" }),
  };
  const entry = {
    canonicalizedBody: Buffer.from(job.entry ?? "", "base64"),
    inclusionProof: {
      checkpoint: { envelope: job.note },
      logIndex: job.index,
      hashes: (job.path ?? []).map((each) => Buffer.from(each, "base64")),
    },
  };
  const checkpoint = verifyCheckpoint(entry, [log]);
  if (checkpoint.origin !== job.name) throw new Error("another origin");
  if (job.path) verifyMerkleInclusion(entry, checkpoint);
}

createInterface({ input: process.stdin }).on("line", (line) => {
  let answer = { ok: true, why: "" };
  try {
    judge(JSON.parse(line));
  } catch (error) {
    answer = { ok: false, why: String(error.message) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
