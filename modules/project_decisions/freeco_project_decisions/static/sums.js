// Adds the ballots of an archive up again, so that a trustee opens the sum of all of them and of
// nothing else: a site that shows one ballot as if it were the sum is refused.
//
// The names of the files, the chain, the credentials, the signatures and the sums are checked;
// the proofs inside ballots, which take long in a browser, are left to `freeco vote verify`.
(() => {
  "use strict";

  const { P, sha256, fingerprint } = globalThis.freecoSealing.group;
  const { signed, element, require } = globalThis.freecoTrustee.proofs;
  const BLOCK = 512;
  const hexadecimal = (octets) => [...octets].map((each) => each.toString(16).padStart(2, "0")).join("");
  const digest = async (text) => hexadecimal(await sha256(text));

  function* pieces(content) {
    const text = (start, end) => new TextDecoder().decode(content.subarray(start, end));
    for (let start = 0; start < content.length; ) {
      const name = text(start, start + 100).replace(/\0+$/, "");
      const size = parseInt(text(start + 124, start + 135), 8);
      require(size >= 0 && start + BLOCK + size <= content.length, "archive");
      yield [name, text(start + BLOCK, start + BLOCK + size)];
      start += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    }
  }

  // The events in order, each chained to the one before, and the files by their digests.
  async function read(content) {
    const files = new Map();
    const events = [];
    let parent;
    for (const [name, text] of pieces(content)) {
      if (name === "BELENIOS") continue;
      const [, hash, kind] = /^([0-9a-f]{64})\.(data|event)\.json$/.exec(name) || [];
      require(hash && hash === (await digest(text)), "archive");
      if (kind === "data") {
        files.set(hash, text);
        continue;
      }
      const event = JSON.parse(text);
      require(event.parent === parent && event.height === events.length, "archive");
      events.push({ ...event, hash });
      parent = hash;
    }
    return { files, events };
  }

  async function checkBallot(text, election, hash, credentials) {
    const ballot = JSON.parse(text);
    require(ballot.election_uuid === election.uuid && ballot.election_hash === hash, "ballot");
    require(credentials.has(ballot.credential), "ballot");
    const unsigned = `${text.slice(0, text.lastIndexOf(',"signature":'))}}`;
    require(ballot.signature.hash === (await fingerprint(unsigned)), "ballot");
    const what = `sig|${ballot.signature.hash}`;
    require(await signed(BigInt(ballot.credential), what, ballot.signature.proof), "ballot");
    require(ballot.answers.length === election.questions.length, "ballot");
    return ballot;
  }

  function addUp(election, ballots) {
    return election.questions.map((question, place) => {
      const width = question.answers.length + (question.blank ? 1 : 0);
      return Array.from({ length: width }, (_each, answer) =>
        ballots.reduce(
          (sum, { answers }) => {
            const { alpha, beta } = answers[place].choices[answer];
            return { alpha: (sum.alpha * BigInt(alpha)) % P, beta: (sum.beta * BigInt(beta)) % P };
          },
          { alpha: 1n, beta: 1n },
        ),
      );
    });
  }

  // What a trustee is asked to open: the election's text, the sums, the number of ballots. `told`
  // hears how many ballots are read, of how many.
  async function sums(content, told = () => {}) {
    const { files, events } = await read(content);
    const file = (name) => {
      require(files.has(name), "archive");
      return files.get(name);
    };
    require(events[0]?.type === "Setup", "archive");
    const setup = JSON.parse(file(events[0].payload));
    const electionText = file(setup.election);
    const election = JSON.parse(electionText);
    const credentials = new Set(JSON.parse(file(setup.credentials)));
    const cast = events.filter(({ type }) => type === "Ballot").map(({ payload }) => file(payload));
    const apart = events.slice(1, 1 + cast.length).every(({ type }) => type === "Ballot");
    require(apart && events.filter(({ type }) => type === "Setup").length === 1, "archive");
    const hash = await fingerprint(electionText);
    const last = new Map();
    for (const [place, text] of cast.entries()) {
      const ballot = await checkBallot(text, election, hash, credentials);
      last.set(ballot.credential, ballot);
      await told(place + 1, cast.length);
    }
    const event = events.find(({ type }) => type === "EncryptedTally");
    require(event, "no-tally");
    const size = JSON.parse(file(event.payload));
    const added = addUp(election, [...last.values()]);
    const written = added.map((row) =>
      row.map(({ alpha, beta }) => ({ alpha: String(alpha), beta: String(beta) })),
    );
    require(size.num_tallied === last.size, "other-sum");
    require(size.encrypted_tally === (await digest(JSON.stringify(written))), "other-sum");
    return {
      electionText,
      identifier: election.uuid,
      setup: events[0].hash,
      end: event.hash,
      ballots: last.size,
      codes: credentials.size,
      trustees: JSON.parse(file(setup.trustees)),
      alphas: added.map((row) => row.map(({ alpha }) => element(String(alpha)))),
    };
  }

  globalThis.freecoSums = { sums };
})();
