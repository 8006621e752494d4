// The pages where a token is asked for, and where a ballot is filled in: the site's, and the one
// that is saved. Choices stand in no form, so that no browser sends them by itself; no cookie goes
// with a ballot.
(() => {
  "use strict";

  const box = document.querySelector("[data-token]");
  if (!box) return;
  const { ballot, held, isWhole, keep, readKept, take, wish } = globalThis.freecoTokens;
  const words = JSON.parse(box.dataset.words);
  const setup = JSON.parse(box.dataset.setup);
  const vote = JSON.parse(setup.election).uuid;
  const find = (selector) => box.querySelector(selector);
  const [state, failure] = ["[data-state]", "[data-failure]"].map(find);
  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const breath = () => new Promise((resume) => setTimeout(resume));
  let kept = held(vote);
  let sealed = null;
  let busy = false;

  function say(sentence) {
    state.textContent = sentence;
    state.hidden = !sentence;
  }

  function complain(sentence) {
    say("");
    failure.querySelector("p").textContent = sentence;
    failure.hidden = !sentence;
    if (sentence) failure.focus();
  }

  // Only what fits where one stands is shown: nothing held, a token that waits, a token.
  function show() {
    const standing = !kept ? "none" : isWhole(setup, kept) ? "token" : "waiting";
    for (const each of box.querySelectorAll("[data-when]")) each.hidden = !each.dataset.when.split(" ").includes(standing);
    const serial = find("#f-serial");
    if (serial && kept) serial.value = kept.serial + 1;
  }

  function write(name, text, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  const save = () => write(`jeton-${vote}.json`, JSON.stringify(kept), "application/json");
  // What the box signed is kept to the byte: a signature is of nothing else.
  const receipt = () => write(`recu-${vote}.txt`, sealed.note || `${words.kept}\n\n${sealed.tracker}\n`, "text/plain");

  async function ask() {
    const library = await import(box.dataset.library);
    if (!kept) {
      say(words.drawing);
      await breath();
      kept = await wish(setup, library);
      // Before it is sent: whoever closes the page now asks again for the same token.
      if (!keep(kept)) {
        save();
        say(words.saved);
      }
    }
    say(words.asking);
    const answer = await fetch(box.dataset.ask, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": box.dataset.csrf },
      body: JSON.stringify({ blinded: kept.hidden.map((each) => each.blinded) }),
    });
    const content = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      if (content.given) {
        localStorage.removeItem(`freeco-token-${vote}`);
        kept = null;
      }
      show();
      return complain(content.refused || content.detail || words.unsent);
    }
    if (content.signatures.every(Boolean)) {
      kept = await take(setup, library, kept, content.signatures);
      keep(kept);
    }
    show();
    return say(isWhole(setup, kept) ? words.taken : words.awaited);
  }

  async function bring() {
    const [file] = find("#f-token").files;
    const read = file ? readKept(await file.text(), vote) : null;
    if (!read) return complain(words.notoken);
    kept = kept && kept.key === read.key && kept.serial > read.serial ? kept : read;
    keep(kept);
    show();
    return say(words.brought);
  }

  // What is chosen, one number for each option; null with its sentence where something is missing.
  function chosen() {
    const { method } = box.dataset;
    if (["assent", "hands"].includes(method)) {
      const answer = find("input[name=answer]:checked");
      return answer ? [Number(answer.value)] : null;
    }
    if (["approval", "shares", "greedy"].includes(method)) {
      return [...box.querySelectorAll("input[name=ticks]")].map((each) => Number(each.checked));
    }
    const many = Number(box.dataset.options);
    const marks = Array.from({ length: many }, (_each, place) => {
      const field = find(`select[name=option_${place}], input[name=option_${place}]:checked`);
      return field ? Number(field.value || 0) : null;
    });
    return marks.includes(null) ? null : marks;
  }

  function wrongRanks(marks) {
    if (box.dataset.method !== "seats") return "";
    const ranks = marks.filter(Boolean).sort((one, other) => one - other);
    return ranks.every((rank, place) => rank === place + 1) ? "" : words.ranks;
  }

  // The page one saves asks for the ballot's number: it cannot know what was cast elsewhere.
  function nextSerial() {
    const field = find("#f-serial");
    if (!field) return kept.serial + 1;
    return Number.isInteger(field.valueAsNumber) && field.valueAsNumber >= 1 ? field.valueAsNumber : 0;
  }

  // Seals what is chosen; nothing, and its sentence is said, where it cannot be.
  async function made() {
    const marks = chosen();
    const serial = kept ? nextSerial() : 0;
    const wrong = marks ? wrongRanks(marks) : words.choose;
    if (wrong) return complain(wrong);
    if (!kept || !isWhole(setup, kept)) return complain(words.notoken);
    if (!serial) return complain(words.serial);
    await seal(marks, serial);
    return marks;
  }

  async function seal(marks, serial) {
    say(words.sealing);
    await breath();
    sealed = { ...(await ballot(setup, kept, marks, serial)), serial };
  }

  async function cast() {
    const marks = await made();
    if (!marks) return null;
    const answer = await send();
    if (!answer.last) return accept(answer);
    // Another device voted with the same token since: the number goes on from there.
    await seal(marks, answer.last + 1);
    return accept(await send());
  }

  async function send() {
    say(words.sending);
    const how = { method: "POST", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
    const headers = { "Content-Type": "text/plain", Accept: "application/json" };
    const answer = await fetch(box.dataset.cast, { ...how, headers, body: sealed.text });
    const content = await answer.json().catch(() => ({}));
    return { ok: answer.ok, ...content };
  }

  // For a page without network: the sealed ballot is a file, which is handed over on the site.
  async function written() {
    if (!(await made())) return;
    write(`bulletin-${vote}.json`, sealed.text, "application/json");
    kept = { ...kept, serial: sealed.serial };
    keep(kept);
    show();
    say(filled(words.written, { tracker: sealed.tracker }));
  }

  function accept(answer) {
    say("");
    if (!answer.ok || answer.tracker !== sealed.tracker) return complain(answer.refused || words.unsent);
    kept = { ...kept, serial: sealed.serial };
    keep(kept);
    show();
    sealed.note = answer.receipt || "";
    const shown = find("[data-receipt]");
    shown.querySelector("[data-tracker]").textContent = sealed.tracker;
    shown.querySelector("[data-note]").textContent = sealed.note;
    shown.querySelector("[data-signed]").hidden = !sealed.note;
    const follow = shown.querySelector("[data-follow]");
    if (follow) follow.value = sealed.tracker;
    shown.hidden = false;
    find("[data-choices]").hidden = true;
    shown.focus();
    return null;
  }

  function change() {
    find("[data-receipt]").hidden = true;
    find("[data-choices]").hidden = false;
    say(filled(words.change, { number: kept.serial }));
  }

  const print = () => globalThis.print();
  const acts = { ask, save, receipt, bring, cast, written, change, print };

  box.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-act]");
    if (!button || busy) return;
    busy = true;
    complain("");
    try {
      await acts[button.dataset.act]();
    } catch (error) {
      complain(error instanceof TypeError ? words.unsent : words.failed);
    }
    busy = false;
  });

  show();
  box.hidden = false;
})();
