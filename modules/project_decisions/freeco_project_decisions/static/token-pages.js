// The pages where a token is asked for, and where a ballot is filled in. Choices stand in no form,
// so that no browser sends them by itself; no cookie goes with a ballot.
const box = document.querySelector("[data-token]");
// By the address that the page gives: it changes with the file, and no cache holds an older one.
const { ballot, held, isWhole, keep, readKept, take, wish } = await import(box.dataset.tokens);
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
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(kept)], { type: "application/json" }));
  link.download = `jeton-${vote}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

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

async function cast() {
  const marks = chosen();
  const wrong = marks ? wrongRanks(marks) : words.choose;
  if (wrong) return complain(wrong);
  if (!kept || !isWhole(setup, kept)) return complain(words.notoken);
  say(words.sealing);
  await breath();
  const answer = await send(marks, kept.serial + 1);
  if (answer.last) return again(marks, answer.last);
  return accept(answer);
}

// Another device voted with the same token since: the number goes on from there.
async function again(marks, last) {
  const answer = await send(marks, last + 1);
  return accept(answer);
}

async function send(marks, serial) {
  sealed = { ...(await ballot(setup, kept, marks, serial)), serial };
  say(words.sending);
  const how = { method: "POST", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
  const headers = { "Content-Type": "text/plain", Accept: "application/json" };
  const answer = await fetch(box.dataset.cast, { ...how, headers, body: sealed.text });
  const content = await answer.json().catch(() => ({}));
  return { ok: answer.ok, ...content };
}

function accept(answer) {
  say("");
  if (!answer.ok || answer.tracker !== sealed.tracker) return complain(answer.refused || words.unsent);
  kept = { ...kept, serial: sealed.serial };
  keep(kept);
  const receipt = find("[data-receipt]");
  receipt.querySelector("[data-tracker]").textContent = sealed.tracker;
  receipt.querySelector("[data-follow]").value = sealed.tracker;
  receipt.hidden = false;
  find("[data-choices]").hidden = true;
  receipt.focus();
  return null;
}

function change() {
  find("[data-receipt]").hidden = true;
  find("[data-choices]").hidden = false;
  say(filled(words.change, { number: kept.serial }));
}

const acts = { ask, save, bring, cast, change };

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
