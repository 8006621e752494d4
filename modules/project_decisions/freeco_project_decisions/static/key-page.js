// A trustee's page: the key is made, kept and used on their own device; what the step asks for is
// computed here and sent as the answer. Neither the file nor the passphrase is ever sent.
(() => {
  "use strict";

  const box = document.querySelector("[data-trustee]");
  if (!box) return;
  const { draw, lock, unlock, secretOf, open, steps } = globalThis.freecoTrustee;
  const { group, save } = globalThis.freecoSealing;
  const words = JSON.parse(box.dataset.words);
  const task = JSON.parse(box.dataset.task);
  const find = (selector) => box.querySelector(selector);
  const [state, failure, form] = ["[data-state]", "[data-failure]", "[data-answer]"].map(find);
  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const breath = () => new Promise((resume) => setTimeout(resume));
  let busy = false;

  function say(sentence) {
    state.textContent = sentence;
    state.hidden = !sentence;
  }

  function show(name, sentence) {
    const [input, error] = [find(`#f-${name}`), find(`#f-${name}-error`)];
    error.textContent = sentence;
    error.hidden = !sentence;
    input.closest(".field").classList.toggle("wrong", Boolean(sentence));
    if (sentence) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    } else input.removeAttribute("aria-invalid");
    return !sentence;
  }

  function fail(word) {
    say("");
    const field = { missing: "file", file: "file", "other-file": "file", passphrase: "passphrase" }[word];
    if (field) return show(field, words[word]);
    find("[data-failure] p").textContent = words[word] || words.broken;
    failure.hidden = false;
    return failure.focus();
  }

  async function make() {
    const passphrase = find("#f-new").value;
    if (!show("new", passphrase.length < 12 ? words.short : "")) return;
    if (!show("again", passphrase === find("#f-again").value ? "" : words.different)) return;
    say(words.working);
    await breath();
    const kept = draw(task.identifier, task.place, task.threshold);
    save(`cle-${task.identifier}-${task.place}.json`, await lock(kept, passphrase));
    say("");
    use();
    const made = find("[data-made]");
    made.textContent = words.made;
    made.hidden = false;
    made.focus();
  }

  function use() {
    find("[data-making]").hidden = true;
    find("[data-have]").hidden = true;
    find("[data-using]").hidden = false;
    find("[data-act=use]").classList.add("primary");
  }

  // A vote by tokens opens whole ballots, without a name: the task holds a half of each one's key.
  async function openedEach(kept) {
    const alphas = JSON.parse(task.sums).map((row) => row.map(({ alpha }) => BigInt(alpha)));
    const told = (done) => {
      say(filled(words.opening, { done, all: alphas[0].length }));
      return breath();
    };
    return { opening: JSON.parse(await open(await secretOf(kept, task), task.election, alphas, "bound", told)) };
  }

  async function opened(kept) {
    if (!box.dataset.archive) return openedEach(kept);
    const answer = await fetch(box.dataset.archive, { cache: "no-store" });
    if (!answer.ok) throw new Error("archive");
    const told = (sentence) => (done, all) => {
      say(filled(sentence, { done, all }));
      return breath();
    };
    const found = await globalThis.freecoSums.sums(new Uint8Array(await answer.arrayBuffer()), told(words.reading));
    if (found.electionText !== task.election) throw new Error("other-sum");
    const many = found.alphas.reduce((sum, row) => sum + row.length, 0);
    const told2 = (done) => told(words.opening)(done, many);
    const opening = await open(await secretOf(kept, task), found.electionText, found.alphas, "belenios", told2);
    say(filled(words.counted, found));
    return { opening: JSON.parse(opening) };
  }

  async function answer() {
    const [file] = find("#f-file").files;
    failure.hidden = true;
    if (!show("file", file ? "" : words.missing)) return;
    show("passphrase", "");
    say(words.working);
    await breath();
    const kept = await unlock(await file.text(), find("#f-passphrase").value);
    const same = kept.election === task.identifier && kept.place === task.place && kept.threshold === task.threshold;
    if (!same) throw new Error("other-file");
    const done = task.step === "open" ? await opened(kept) : await steps[task.step](kept, task);
    find("#f-passphrase").value = "";
    form.elements.answer.value = JSON.stringify(done);
    form.requestSubmit();
  }

  const acts = {
    make,
    have: use,
    show: () => location.reload(),
    use: answer,
  };

  box.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-act]");
    if (!button || busy) return;
    busy = true;
    try {
      await acts[button.dataset.act]();
    } catch (error) {
      fail(error.message);
    }
    busy = false;
  });

  // What trustees read to each other: the same for all when the site shows all of them the same keys.
  async function showGroup() {
    const digest = await group.sha256(JSON.stringify(task.certificates));
    const text = [...digest.slice(0, 8)].map((each) => each.toString(16).padStart(2, "0")).join("");
    find("[data-group]").textContent = text.match(/.{4}/g).join(" ");
  }

  if (find("[data-group]")) showGroup();
  box.hidden = false;
})();
