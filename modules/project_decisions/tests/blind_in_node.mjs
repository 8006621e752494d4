// Hides a message and takes the hiding off its signature with the library the voting page loads.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const { BlindRSA, PrepareType } = await import(pathToFileURL(process.argv[2]));
const suite = new BlindRSA({ hash: "SHA-384", saltLength: 48, prepareType: PrepareType.Randomized });
const hex = (octets) => Buffer.from(octets).toString("hex");
const octets = (text) => new Uint8Array(Buffer.from(text, "hex"));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => JSON.parse((await lines.next()).value);

const { key, message } = await next();
const publicKey = await crypto.subtle.importKey("spki", octets(key), { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
const prepared = suite.prepare(octets(message));
const { blindedMsg, inv } = await suite.blind(publicKey, prepared);
console.log(JSON.stringify({ blinded: hex(blindedMsg) }));
const { signed } = await next();
const signature = await suite.finalize(publicKey, prepared, octets(signed), inv);
console.log(JSON.stringify({ prepared: hex(prepared), signature: hex(signature) }));
process.exit(0);
