// A voter's token and ballot, made where they are used: no server sees the token with a name, nor
// a choice in clear.
//
// The same as tokens/voters.py and tokens/ballots.py, step for step. `library` is the module of
// @cloudflare/blindrsa-ts (RFC 9474); the rest is WebCrypto, and the group of sealing.js. Nothing is
// fetched: the page one saves holds it too.
(() => {
  "use strict";

  const PREFIX = 32;
  const PADDED = 64;
  const CURVE = { name: "ECDSA", namedCurve: "P-256" };
  const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const SUITE = { hash: "SHA-384", saltLength: 48 };

  const utf8 = (text) => new TextEncoder().encode(text);
  const base64 = (octets) => btoa(String.fromCharCode(...octets));
  const unbase64 = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const digest = async (octets) => new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
  const hexadecimal = (octets) => [...octets].map((each) => each.toString(16).padStart(2, "0")).join("");

  const electionOf = (setup) => JSON.parse(setup.election);
  const voteOf = (setup) => electionOf(setup).uuid;

  function joined(...parts) {
    const all = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
    let at = 0;
    for (const each of parts) {
      all.set(each, at);
      at += each.length;
    }
    return all;
  }

  const prepared = (setup, prefix, point) => joined(prefix, utf8(`${voteOf(setup)}|${base64(point)}`));

  function suiteOf({ BlindRSA, PrepareType }) {
    return new BlindRSA({ ...SUITE, prepareType: PrepareType.Randomized });
  }

  const signerKey = (signer) =>
    crypto.subtle.importKey("spki", unbase64(signer.key), { name: "RSA-PSS", hash: SUITE.hash }, true, ["verify"]);

  // Draws a token, and hides it from each signer. All of it is text: it is kept in a file.
  async function wish(setup, library) {
    const pair = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
    const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const prefix = crypto.getRandomValues(new Uint8Array(PREFIX));
    const hidden = [];
    for (const signer of setup.signers) {
      const message = prepared(setup, prefix, point);
      const { blindedMsg, inv } = await suiteOf(library).blind(await signerKey(signer), message);
      hidden.push({ blinded: base64(blindedMsg), inverse: base64(inv) });
    }
    return {
      freeco: "token",
      vote: voteOf(setup),
      private: await crypto.subtle.exportKey("jwk", pair.privateKey),
      prefix: base64(prefix),
      key: base64(point),
      hidden,
      signatures: [],
      serial: 0,
    };
  }

  // Takes the hiding off what the signers signed; each signature is verified on the way.
  async function take(setup, library, kept, signatures) {
    const message = prepared(setup, unbase64(kept.prefix), unbase64(kept.key));
    const taken = [];
    for (const [place, signer] of setup.signers.entries()) {
      const inverse = unbase64(kept.hidden[place].inverse);
      const signed = unbase64(signatures[place]);
      taken.push(base64(await suiteOf(library).finalize(await signerKey(signer), message, signed, inverse)));
    }
    return { ...kept, signatures: taken };
  }

  const isWhole = (setup, kept) => kept.signatures.length === setup.signers.length;

  // The number by which a token is known on the board.
  const numberOf = async (setup, kept) =>
    hexadecimal(await digest(prepared(setup, unbase64(kept.prefix), unbase64(kept.key))));

  function pad(marks) {
    if (marks.length >= PADDED) throw new Error("too many choices");
    return joined(Uint8Array.of(marks.length, ...marks), new Uint8Array(PADDED - 1 - marks.length));
  }

  // Locked for the trustees together, and for this token of this vote: see sealed/boxes.py.
  async function lock(election, purpose, content) {
    const { base, G, randomExponent } = globalThis.freecoSealing.group;
    const [secret, key] = [randomExponent(), BigInt(election.public_key)];
    const alpha = base(G)(secret);
    const shared = utf8(String(base(key)(secret)));
    const start = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const info = await digest(utf8(`freeco|${purpose}|${key}|${alpha}`));
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
    const aes = await crypto.subtle.deriveKey(how, start, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const nonce = { name: "AES-GCM", iv: new Uint8Array(12) };
    return { alpha, content: new Uint8Array(await crypto.subtle.encrypt(nonce, aes, content)) };
  }

  // Of the two signatures that hold, (r, s) and (r, n - s), a ballot has the lower one: it has one
  // text, and one tracker.
  function lower(signature) {
    const s = BigInt(`0x${hexadecimal(signature.subarray(32))}`);
    if (s <= ORDER / 2n) return signature;
    const other = (ORDER - s).toString(16).padStart(64, "0");
    return joined(signature.subarray(0, 32), Uint8Array.from(other.match(/../g), (each) => parseInt(each, 16)));
  }

  // Seals and signs a ballot. Returns its text, and the tracker with which it is found again.
  async function ballot(setup, kept, marks, serial) {
    const election = electionOf(setup);
    const purpose = `token|${election.uuid}|${await numberOf(setup, kept)}`;
    const { alpha, content } = await lock(election, purpose, pad(marks));
    const unsigned = {
      vote: election.uuid,
      token: { prefix: kept.prefix, key: kept.key, signatures: kept.signatures },
      serial,
      alpha: String(alpha),
      content: base64(content),
    };
    const key = await crypto.subtle.importKey("jwk", kept.private, CURVE, false, ["sign"]);
    const how = { name: "ECDSA", hash: "SHA-256" };
    const signature = lower(new Uint8Array(await crypto.subtle.sign(how, key, utf8(JSON.stringify(unsigned)))));
    const text = JSON.stringify({ ...unsigned, signature: base64(signature) });
    return { text, tracker: base64(await digest(utf8(text))).replace(/=+$/, "") };
  }

  // Where the browser keeps a token; it may refuse to, as in a private window.
  const place = (vote) => `freeco-token-${vote}`;

  function keep(kept) {
    try {
      localStorage.setItem(place(kept.vote), JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  function held(vote) {
    try {
      return readKept(localStorage.getItem(place(vote)) ?? "", vote);
    } catch {
      return null;
    }
  }

  // A token as it was kept, or as a file has it; null for anything else, or for another vote.
  function readKept(text, vote) {
    try {
      const kept = JSON.parse(text);
      const whole = kept.freeco === "token" && kept.vote === vote && kept.private && Array.isArray(kept.hidden);
      return whole ? kept : null;
    } catch {
      return null;
    }
  }

  globalThis.freecoTokens = { base64, unbase64, wish, take, isWhole, numberOf, ballot, keep, held, readKept };
})();
