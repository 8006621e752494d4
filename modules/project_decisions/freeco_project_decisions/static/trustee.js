// Who opens the sum of a secret vote keeps a key that never leaves their computer.
//
// The same as sealed/trustees.py, boxes.py, kept_keys.py, proofs.py and tallying.py, step for step.
// Refusals are errors whose message is a word that the page has a sentence for.
(() => {
  "use strict";

  const { P, Q, G, bytes, modulo, number, base, randomExponent, sha256, hashed, fingerprint, written } =
    globalThis.freecoSealing.group;
  const NAME = "BELENIOS-2048";
  const ROUNDS = 600000;
  const text = (content) => new TextDecoder().decode(content);
  const compact = JSON.stringify;
  const g = base(G);

  const require = (holds, word) => {
    if (!holds) throw new Error(word);
  };

  function power(element, exponent) {
    let [result, step] = [1n, element % P];
    for (let left = exponent; left; left >>= 1n) {
      if (left & 1n) result = (result * step) % P;
      step = (step * step) % P;
    }
    return result;
  }

  const belongs = (element) => element > 0n && element < P && power(element, Q) === 1n;

  // A number as it is published, in the group: outside, an answer would tell something of the secret.
  function element(decimal) {
    require(typeof decimal === "string" && /^(0|[1-9][0-9]{0,699})$/.test(decimal), "group");
    const found = BigInt(decimal);
    require(belongs(found), "group");
    return found;
  }

  const base64 = (content) => btoa(String.fromCharCode(...content));
  const unbase64 = (written) => Uint8Array.from(atob(written), (each) => each.charCodeAt(0));

  // Proofs of knowledge: a challenge that hashes what it is about, and the response.

  async function prove(secret, about) {
    const witness = randomExponent();
    const challenge = await hashed(about(g(witness)));
    return { challenge, response: modulo(witness - secret * challenge) };
  }

  async function signed(publicHalf, what, proof) {
    const [challenge, response] = [BigInt(proof.challenge), BigInt(proof.response)];
    const commitment = (g(response) * power(publicHalf, challenge)) % P;
    return (await hashed(`${what}|${commitment}`)) === challenge;
  }

  async function sign(secret, message) {
    const proof = await prove(secret, (commitment) => `sigmsg|${message}|${commitment}`);
    return { message, signature: written(proof) };
  }

  // The file one keeps: locked by a passphrase, written once.

  async function derived(passphrase, salt, iterations) {
    const typed = bytes(passphrase.normalize("NFC"));
    const start = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
    return crypto.subtle.deriveKey(how, start, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  // `opens` says for ever what the key opens: the « sum » of sealed ballots, or « ballots » by token.
  function draw(election, opens, place, threshold) {
    const polynomial = Array.from({ length: threshold }, randomExponent);
    return { election, opens, place, threshold, signing: randomExponent(), decryption: randomExponent(), polynomial };
  }

  async function lock(kept, passphrase) {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const { election, opens, place, threshold } = kept;
    const content = compact({
      election,
      opens,
      place,
      threshold,
      signing: String(kept.signing),
      decryption: String(kept.decryption),
      polynomial: kept.polynomial.map(String),
    });
    const key = await derived(passphrase, salt, ROUNDS);
    const locked = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes(content)));
    return compact({
      freeco: "trustee",
      version: 2,
      salt: base64(salt),
      iterations: ROUNDS,
      iv: base64(iv),
      content: base64(locked),
    });
  }

  async function unlock(file, passphrase) {
    let kept;
    try {
      kept = JSON.parse(file);
      require(kept.freeco === "trustee" && kept.version === 2 && kept.iterations <= 10000000, "file");
    } catch {
      throw new Error("file");
    }
    try {
      const key = await derived(passphrase, unbase64(kept.salt), kept.iterations);
      const how = { name: "AES-GCM", iv: unbase64(kept.iv) };
      const content = JSON.parse(text(await crypto.subtle.decrypt(how, key, unbase64(kept.content))));
      return {
        ...content,
        signing: BigInt(content.signing),
        decryption: BigInt(content.decryption),
        polynomial: content.polynomial.map(BigInt),
      };
    } catch {
      throw new Error("passphrase");
    }
  }

  // What trustees of a group hand each other, through the site that cannot read it.

  const NONCE = { name: "AES-GCM", iv: new Uint8Array(12) }; // each key serves once

  async function boxKey(shared, purpose, receiver, alpha) {
    const start = await crypto.subtle.importKey("raw", bytes(String(shared)), "HKDF", false, ["deriveKey"]);
    const info = await sha256(`freeco|${purpose}|${receiver}|${alpha}`);
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
    return crypto.subtle.deriveKey(how, start, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  async function lockBox(receiver, purpose, content) {
    const secret = randomExponent();
    const alpha = g(secret);
    const key = await boxKey(power(receiver, secret), purpose, receiver, alpha);
    const locked = new Uint8Array(await crypto.subtle.encrypt(NONCE, key, bytes(content)));
    return { alpha: String(alpha), content: base64(locked) };
  }

  async function openBox(secret, purpose, { alpha, content }) {
    try {
      const key = await boxKey(power(element(alpha), secret), purpose, g(secret), alpha);
      return text(await crypto.subtle.decrypt(NONCE, key, unbase64(content)));
    } catch {
      throw new Error("part");
    }
  }

  // The steps of a trustee, each from the file that is kept and from the task that is published.
  // Alone (`key`): the public key. In a group: one's own keys (`commit`), what one commits to with a
  // part for each of the others (`parts`), and one's share of the key, from the parts of all (`check`).

  async function proved(secret) {
    const proof = await prove(secret, (commitment) => `pok|${NAME}|${g(secret)}|${commitment}`);
    return { pok: written(proof), public_key: String(g(secret)) };
  }

  async function commit(kept) {
    const keys = { verification: String(g(kept.signing)), encryption: String(g(kept.decryption)) };
    return { certificate: await sign(kept.signing, compact(keys)) };
  }

  async function readCertificate({ message, signature }) {
    const { verification, encryption } = JSON.parse(message);
    const keys = { verification: element(verification), encryption: element(encryption) };
    require(await signed(keys.verification, `sigmsg|${message}`, signature), "certificate");
    return keys;
  }

  async function certificatesOf(kept, published) {
    const keys = await Promise.all(published.map(readCertificate));
    require(keys[kept.place - 1]?.verification === g(kept.signing), "other-key");
    return keys;
  }

  const at = (polynomial, place) =>
    modulo(polynomial.reduce((sum, each, degree) => sum + each * BigInt(place) ** BigInt(degree), 0n));
  const purpose = (kept, sender, receiver) => `part|${kept.election}|${sender}|${receiver}`;

  async function parts(kept, { certificates }) {
    const keys = await certificatesOf(kept, certificates);
    const locked = keys.map(({ encryption }, index) => {
      const place = index + 1;
      if (place === kept.place) return null;
      return lockBox(encryption, purpose(kept, kept.place, place), String(at(kept.polynomial, place)));
    });
    const exponents = kept.polynomial.map((each) => String(g(each)));
    const coefexps = await sign(kept.signing, compact({ coefexps: exponents }));
    return { coefexps, parts: await Promise.all(locked) };
  }

  // One's own secret, when each part is what its sender committed to.
  async function secretOf(kept, task) {
    if (kept.threshold === 1) return kept.polynomial[0];
    const keys = await certificatesOf(kept, task.certificates);
    let secret = at(kept.polynomial, kept.place);
    for (const [index, { message, signature }] of task.coefexps.entries()) {
      const sender = index + 1;
      if (sender === kept.place) continue;
      require(await signed(keys[index].verification, `sigmsg|${message}`, signature), "certificate");
      const committed = JSON.parse(message).coefexps.map(element);
      require(committed.length === kept.threshold, "part");
      const box = task.parts[index];
      const part = BigInt(await openBox(kept.decryption, purpose(kept, sender, kept.place), box));
      const expected = committed.reduce(
        (product, each, degree) => (product * power(each, BigInt(kept.place) ** BigInt(degree))) % P,
        1n,
      );
      require(part < Q && g(part) === expected, "part");
      secret += part;
    }
    return modulo(secret);
  }

  const key = async (kept, task) => ({ key: await proved(await secretOf(kept, task)) });

  // What the proof of an opening hashes (sealed/proofs.py, `Form`): as Belenios does, or all that is
  // said, so that no other factor can be proven.
  const FORMS = {
    belenios: (said) => `decrypt|${said}`,
    bound: (said, alpha, factor) => `freeco-opening|${said}|${alpha}|${factor}`,
  };

  // The opening: a factor for each sealed sum, with its proof. `told` hears how many are done.
  async function open(secret, electionText, sums, form, told = () => {}) {
    const hashes = FORMS[form];
    require(hashes, "broken");
    const said = `${await fingerprint(electionText)}|${g(secret)}`;
    const opening = { decryption_factors: [], decryption_proofs: [] };
    let done = 0;
    for (const row of sums) {
      const [factors, proofs] = [[], []];
      for (const alpha of row) {
        require(belongs(alpha), "group");
        const [factor, witness] = [power(alpha, secret), randomExponent()];
        const commitment = `${g(witness)},${power(alpha, witness)}`;
        const challenge = await hashed(`${hashes(said, alpha, factor)}|${commitment}`);
        factors.push(String(factor));
        proofs.push(written({ challenge, response: modulo(witness - secret * challenge) }));
        await told((done += 1));
      }
      opening.decryption_factors.push(factors);
      opening.decryption_proofs.push(proofs);
    }
    return compact(opening);
  }

  // Both proofs of a part of a sum: the one that stands in the file, and the one that binds it.
  async function openSum(secret, electionText, sums, told = () => {}) {
    const parts = [];
    for (const form of ["belenios", "bound"]) parts.push(JSON.parse(await open(secret, electionText, sums, form, told)));
    return { opening: parts[0], bound: parts[1] };
  }

  // Whether the trustees of a vote's file have this key at its place: sealed for another, it opens
  // nothing but what somebody wants opened.
  function holdsPlace(secret, place, kinds) {
    const keys = kinds.flatMap(([kind, each]) => (kind === "Single" ? [each] : each.verification_keys));
    return keys[place - 1]?.public_key === String(g(secret));
  }

  globalThis.freecoTrustee = {
    draw,
    lock,
    unlock,
    secretOf,
    open,
    openSum,
    holdsPlace,
    steps: { key, commit, parts, check: key },
    proofs: { signed, element, require },
  };
})();
