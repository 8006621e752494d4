// The page of a secret ballot: what is chosen is read here, sealed here, and only what is sealed
// leaves. Choices stand in no form, so that no browser can send them; no cookie goes with a ballot.
(() => {
  "use strict";

  const box = document.querySelector("[data-ballot]");
  if (!box) return;
  const { allows, readCredential, characters, seal, save } = globalThis.freecoSealing;
  const words = JSON.parse(box.dataset.words);
  const electionText = box.dataset.election;
  const election = JSON.parse(electionText);
  const find = (selector) => box.querySelector(selector);
  const [code, state, failure, receipt] = ["#f-code", "[data-state]", "[data-failure]", "[data-receipt]"].map(find);
  const cast = find("[data-cast]");
  let sealed = null;
  let busy = false;

  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const fields = [...box.querySelectorAll("[data-question]")];

  // What is chosen, as numbers: 0 or 1 for each answer, the first for blank when there is one.
  function chosen() {
    return election.questions.map((question, place) => {
      const ticked = (answer) => (fields[place].querySelector(`[data-answer="${answer}"]`).checked ? 1 : 0);
      const answers = question.answers.map((_text, answer) => ticked(answer));
      return question.blank ? [ticked("blank"), ...answers] : answers;
    });
  }

  // What is wrong with a code as it is typed; nothing when it is right, or not typed whole yet.
  function wrongCode(whole) {
    const plain = code.value.replace(/[\s\u00a0-]/g, "");
    const strange = [...plain].find((each) => !characters.includes(each));
    if (strange) return filled(words.strange, { character: strange });
    if (plain.length < 15 && !whole) return "";
    if (plain.length !== 15) return filled(words.length, { count: plain.length });
    return readCredential(plain) ? "" : words.mistaken;
  }

  function show(field, sentence) {
    const place = field.querySelector(".error");
    place.textContent = sentence;
    place.hidden = !sentence;
    field.classList.toggle("wrong", Boolean(sentence));
    if (field.contains(code)) {
      if (sentence) code.setAttribute("aria-invalid", "true");
      else code.removeAttribute("aria-invalid");
    }
    return !sentence;
  }

  const say = (sentence) => {
    state.textContent = sentence;
    state.hidden = !sentence;
  };

  function complain(sentence) {
    failure.querySelector("p").textContent = sentence;
    failure.hidden = !sentence;
    if (sentence) failure.focus();
  }

  // All that stops a ballot is said at once; the first is what one comes to.
  function ready() {
    const answers = chosen();
    const whole = fields.map((field, place) =>
      show(field, allows(election.questions[place], answers[place]) ? "" : words.choose),
    );
    const parts = [...fields, code.closest(".field")];
    whole.push(show(code.closest(".field"), wrongCode(true)));
    const first = parts[whole.indexOf(false)];
    first?.querySelector("input").focus();
    return first ? null : answers;
  }

  // In a worker where there is one, so that the page stays alive; else here, a question at a time.
  function sealedBy(credential, answers) {
    const told = (done) => say(filled(words.sealing, { done, all: answers.length }));
    const here = () => seal(electionText, credential, answers, (done) => {
      told(done);
      return new Promise((resume) => setTimeout(resume));
    });
    if (!box.dataset.worker || !globalThis.Worker) return here();
    return new Promise((resolve, reject) => {
      const worker = new Worker(box.dataset.worker);
      worker.onerror = () => resolve(here());
      worker.onmessage = ({ data }) => {
        if (data.done) return told(data.done);
        worker.terminate();
        return data.error ? reject(new Error(data.error)) : resolve(data);
      };
      worker.postMessage({ election: electionText, credential, answers });
    });
  }

  async function send() {
    complain("");
    say(words.sending);
    let answer;
    try {
      const how = { method: "POST", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
      const headers = { "Content-Type": "text/plain", Accept: "application/json" };
      answer = await fetch(box.dataset.cast, { ...how, headers, body: sealed.ballot });
    } catch {
      complain(words.unsent);
      return say("");
    }
    const content = await answer.json().catch(() => ({}));
    say("");
    if (!answer.ok) return complain(content.refused || words.unsent);
    return content.tracker === sealed.tracker ? accept(content.receipt) : complain(words.unsent);
  }

  // The choices and the code leave the page: who comes after reads nothing here.
  function accept(note) {
    for (const input of box.querySelectorAll("input")) {
      input.checked = false;
      if (input.type === "text") input.value = "";
    }
    sealed.note = note || "";
    receipt.querySelector("[data-tracker]").textContent = sealed.tracker;
    find("[data-filling]").hidden = true;
    receipt.hidden = false;
    document.title = words.done;
    receipt.querySelector("h2").focus();
  }

  async function vote() {
    if (busy) return;
    const answers = ready();
    if (!answers) return;
    busy = true;
    cast.setAttribute("aria-disabled", "true");
    complain("");
    say(filled(words.sealing, { done: 0, all: answers.length }));
    try {
      sealed = await sealedBy(readCredential(code.value), answers);
      if (box.dataset.cast) await send();
      else {
        say("");
        accept("");
      }
    } catch {
      say("");
      complain(words.unsealed);
    }
    busy = false;
    cast.removeAttribute("aria-disabled");
  }

  const acts = {
    cast: vote,
    again: send,
    ballot: () => save(`bulletin-${election.uuid}.json`, sealed.ballot),
    // What the box signed is kept to the byte: a signature is of nothing else.
    receipt: () => save(`recu-${election.uuid}.txt`, sealed.note || `${words.kept}\n\n${sealed.tracker}\n`),
    copy: async () => {
      await navigator.clipboard.writeText(sealed.tracker).catch(() => {});
      say(words.copied);
      receipt.append(state);
    },
    print: () => globalThis.print(),
    revote: () => {
      receipt.hidden = true;
      find("[data-filling]").hidden = false;
      fields[0].querySelector("input").focus();
    },
  };

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) acts[button.dataset.act]();
  });
  code.addEventListener("input", () => show(code.closest(".field"), wrongCode(false)));
  code.addEventListener("change", () => {
    const read = readCredential(code.value);
    if (read) code.value = read;
    show(code.closest(".field"), code.value ? wrongCode(true) : "");
  });
  code.addEventListener("keydown", (event) => {
    if (event.key === "Enter") vote();
  });
  for (const field of fields) field.addEventListener("change", () => show(field, ""));
  cast.dataset.act = "cast";
  box.hidden = false;
})();
