// Seals a ballot where it is filled in, so that no server ever sees a choice in clear.
//
// Specification of Belenios 2.0, sections 4.8 and 4.11 to 4.15, group BELENIOS-2048: the same as
// freeco_project_decisions/sealed/ballots.py, step for step. Plain BigInt and WebCrypto, nothing
// fetched; BigInt is not constant-time, so the device one votes on must be one's own.
(() => {
  "use strict";

  const P = BigInt(
    "20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254" +
      "49768433812906663313807895840496005438963628979639303877390572280360597374942767137677761889" +
      "85898727358650490811670993105358677809800307904916540637771737641986785272734744763418356000" +
      "35698305193144284561701911000786737307333564123971732897913240474578834468260652327974647951" +
      "13767265869358218004631792207366886005262718636338608879688212076943236614949100292344434637" +
      "32221458841005864210502421203654335612013204811188524087310770141516662001623131771693721892" +
      "48078507711827842317498073276598828825169183103125680162072880719",
  );
  const Q = BigInt("78571733251071885079927659812671450121821421258408794611510081919805623223441");
  const G = BigInt(
    "24023526775018522092276877035323999327122876573783649165100753187876632741463532193202856761" +
      "55269678799694668298749389095083896573425601900601068477164491735474137283104610458681314511" +
      "78164675540052740288984613986453266121505579709716201616827031288643245666383486363578210615" +
      "49184199825343151897406581868686511513585764101388822153960160432288436039309893336627728484" +
      "06593138406010231675095763777982665103606822406635076697764025346253773085133173495194248967" +
      "75405257365904949247763147599157519877517771148149092045660020547812705472823814097251863985" +
      "8334115700568353695553423781475582491896050296680037745308460627",
  );
  const characters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  const bytes = (text) => new TextEncoder().encode(text);
  const modulo = (number) => ((number % Q) + Q) % Q;

  const number = (octets) => {
    const hexadecimal = [...octets].map((each) => each.toString(16).padStart(2, "0")).join("");
    return BigInt(`0x${hexadecimal}`);
  };

  // An element that is raised to many powers: the powers of two windows are computed once.
  function base(element) {
    const bits = 6n;
    const rows = [];
    for (let step = element, seen = 0n; seen < 256n; seen += bits) {
      const row = [1n];
      while (row.length < 1 << Number(bits)) row.push((row[row.length - 1] * step) % P);
      rows.push(row);
      step = (row[row.length - 1] * step) % P;
    }
    return (exponent) => {
      let left = modulo(exponent);
      let product = 1n;
      for (const row of rows) {
        const digit = Number(left & 63n);
        if (digit) product = (product * row[digit]) % P;
        left >>= bits;
      }
      return product;
    };
  }

  // Drawn again until it is below q, so that every exponent is as likely as another.
  function randomExponent() {
    for (;;) {
      const drawn = number(crypto.getRandomValues(new Uint8Array(32)));
      if (drawn < Q) return drawn;
    }
  }

  const sha256 = async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(text)));
  const hashed = async (text) => modulo(number(await sha256(text)));
  const fingerprint = async (text) => btoa(String.fromCharCode(...(await sha256(text)))).replace(/=+$/, "");

  // A credential as somebody typed it; null when a character is missing or mistaken.
  function readCredential(typed) {
    const plain = typed.replace(/[\s\u00a0-]/g, "");
    if (plain.length !== 15 || [...plain].some((each) => !characters.includes(each))) return null;
    let value = 0n;
    for (const each of plain.slice(0, 14)) value = value * 58n + BigInt(characters.indexOf(each));
    if (characters[53 - Number(value % 53n)] !== plain[14]) return null;
    return plain.match(/.{3}/g).join("-");
  }

  async function secretOf(credential, election) {
    const key = await crypto.subtle.importKey("raw", bytes(credential), "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(election), iterations: 1000 };
    return modulo(number(new Uint8Array(await crypto.subtle.deriveBits(how, key, 256))));
  }

  const written = (proof) => ({ challenge: String(proof.challenge), response: String(proof.response) });

  // Proves that one of some statements « (α, β) holds M » is true without saying which. Whoever
  // sealed knows what is in it, so that all powers are of g and of y: α^c is g^(r c).
  async function proveOneOf(powers, prefix, statements, which) {
    const proofs = statements.map(() => ({ challenge: randomExponent(), response: randomExponent() }));
    const witness = randomExponent();
    const commitments = statements.map(({ secret, holds, says }, place) => {
      if (place === which) return `${powers.g(witness)},${powers.y(witness)}`;
      const { challenge, response } = proofs[place];
      const exponent = response + secret * challenge;
      return `${powers.g(exponent)},${(powers.y(exponent) * powers.g((holds - says) * challenge)) % P}`;
    });
    const others = proofs.reduce((sum, each, place) => (place === which ? sum : sum + each.challenge), 0n);
    const challenge = modulo((await hashed(prefix + commitments.join(","))) - others);
    proofs[which] = { challenge, response: modulo(witness - statements[which].secret * challenge) };
    return proofs.map(written);
  }

  async function sealAnswer(powers, question, chosen, start) {
    const sealed = chosen.map((value) => {
      const secret = randomExponent();
      const beta = value ? (powers.y(secret) * G) % P : powers.y(secret);
      return { alpha: powers.g(secret), beta, secret, holds: BigInt(value) };
    });
    const says = (each, value) => ({ ...each, says: BigInt(value) });
    const pair = ({ alpha, beta }) => `${alpha},${beta}`;
    const individual = [];
    for (const each of sealed) {
      const statements = [says(each, 0), says(each, 1)];
      individual.push(await proveOneOf(powers, `prove|${start}|${pair(each)}|`, statements, Number(each.holds)));
    }
    const whole = `${start}|${sealed.map(pair).join(",")}`;
    const total = sealed.slice(question.blank ? 1 : 0).reduce(
      (sum, each) => ({
        alpha: (sum.alpha * each.alpha) % P,
        beta: (sum.beta * each.beta) % P,
        secret: sum.secret + each.secret,
        holds: sum.holds + each.holds,
      }),
      { alpha: 1n, beta: 1n, secret: 0n, holds: 0n },
    );
    const allowed = [];
    for (let value = question.min; value <= question.max; value += 1) allowed.push(says(total, value));
    const many = Number(total.holds) - question.min;
    const answer = {
      choices: sealed.map(({ alpha, beta }) => ({ alpha: String(alpha), beta: String(beta) })),
      individual_proofs: individual,
    };
    if (!question.blank) {
      answer.overall_proof = await proveOneOf(powers, `prove|${whole}|${pair(total)}|`, allowed, many);
      return answer;
    }
    const blank = chosen[0] === 1;
    const overall = [says(sealed[0], 1), ...allowed];
    const either = [says(sealed[0], 0), says(total, 0)];
    answer.overall_proof = await proveOneOf(powers, `bproof1|${whole}|`, overall, blank ? 0 : 1 + many);
    answer.blank_proof = await proveOneOf(powers, `bproof0|${whole}|`, either, blank ? 1 : 0);
    return answer;
  }

  // Whether a question allows an answer: 0 or 1 for each, the first for blank when there is one.
  function allows(question, chosen) {
    const numbers = question.blank ? chosen.slice(1) : chosen;
    if (numbers.length !== question.answers.length) return false;
    const many = numbers.reduce((sum, each) => sum + each, 0);
    if (question.blank && chosen[0]) return many === 0;
    return many >= question.min && many <= question.max;
  }

  // Seals answers for an election, given as its published text. Returns the ballot as it is sent
  // and the tracker with which the voter finds it again; says how many questions are done.
  async function seal(electionText, credential, answers, told = () => {}) {
    const election = JSON.parse(electionText);
    if (election.version !== 1 || election.group !== "BELENIOS-2048") throw new Error("unknown cryptography");
    if (answers.length !== election.questions.length) throw new Error("each question has an answer");
    const powers = { g: base(G), y: base(BigInt(election.public_key)) };
    const secret = await secretOf(credential, election.uuid);
    const electionHash = await fingerprint(electionText);
    const publicHalf = String(powers.g(secret));
    const sealed = [];
    for (const [place, question] of election.questions.entries()) {
      if (!allows(question, answers[place])) throw new Error("an answer that the question does not allow");
      sealed.push(await sealAnswer(powers, question, answers[place], `${electionHash}|${publicHalf}`));
      await told(place + 1);
    }
    const unsigned = {
      election_uuid: election.uuid,
      election_hash: electionHash,
      credential: publicHalf,
      answers: sealed,
    };
    const hash = await fingerprint(JSON.stringify(unsigned));
    const witness = randomExponent();
    const challenge = await hashed(`sig|${hash}|${powers.g(witness)}`);
    const proof = written({ challenge, response: modulo(witness - secret * challenge) });
    const ballot = JSON.stringify({ ...unsigned, signature: { hash, proof } });
    return { ballot, tracker: await fingerprint(ballot) };
  }

  // The public half of a credential.
  const publicOf = async (credential, election) => String(base(G)(await secretOf(credential, election)));

  // Hands a file to whoever sits there; it is made here and sent nowhere.
  function save(name, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  const group = { P, Q, G, bytes, modulo, number, base, randomExponent, sha256, hashed, fingerprint, written };
  globalThis.freecoSealing = { seal, allows, readCredential, publicOf, characters, group, save };

  // The same file, opened as a worker: the page stays alive while the ballot is sealed.
  if (typeof document === "undefined" && typeof WorkerGlobalScope !== "undefined") {
    globalThis.onmessage = async ({ data: { election, credential, answers } }) => {
      try {
        postMessage(await seal(election, credential, answers, (done) => postMessage({ done })));
      } catch (error) {
        postMessage({ error: error.message });
      }
    };
  }
})();
