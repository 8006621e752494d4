// A trustee's page: the key is made, kept and used on their own device; what the step asks for is
// computed here and sent as the answer. Neither the file nor the passphrase is ever sent.
(() => {
  "use strict";

  const box = document.querySelector("[data-trustee]");
  if (!box) return;
  const { draw, lock, unlock, secretOf, open, openSum, holdsPlace, steps } = globalThis.freecoTrustee;
  const { group, save } = globalThis.freecoSealing;
  const words = JSON.parse(box.dataset.words);
  const task = JSON.parse(box.dataset.task);
  const find = (selector) => box.querySelector(selector);
  const [state, failure, form] = ["[data-state]", "[data-failure]", "[data-answer]"].map(find);
  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const breath = () => new Promise((resume) => setTimeout(resume));
  const FLOOR = 8; // secret/preparing.py
  let busy = false;
  let found = null;

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
    const kept = draw(task.identifier, task.opens, task.place, task.threshold);
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

  const told = (sentence) => (done, all) => {
    say(filled(sentence, { done, all }));
    return breath();
  };

  // A vote by tokens opens whole ballots, without a name: the task holds a half of each one's key.
  async function openedEach(kept) {
    const alphas = JSON.parse(task.sums).map((row) => row.map(({ alpha }) => BigInt(alpha)));
    const each = (done) => told(words.opening)(done, alphas[0].length);
    return { opening: JSON.parse(await open(await secretOf(kept, task), task.election, alphas, "bound", each)) };
  }

  // The vote's file is read again before the key is touched, and what it holds is shown: whoever
  // keeps the key compares it with the public record.
  async function look() {
    const answer = await fetch(box.dataset.archive, { cache: "no-store" });
    if (!answer.ok) throw new Error("archive");
    const read = await globalThis.freecoSums.sums(new Uint8Array(await answer.arrayBuffer()), told(words.reading));
    if (read.electionText !== task.election) throw new Error("other-sum");
    if (read.codes < FLOOR) throw new Error("too-few");
    for (const name of ["ballots", "codes", "setup", "end"]) find(`[data-shown=${name}]`).textContent = read[name];
    find("[data-few]").hidden = read.ballots >= FLOOR || !read.ballots;
    find("[data-compare]").hidden = false;
    say("");
    return read;
  }

  function compared() {
    if (!show("same", find("#f-same").checked ? "" : words.compare)) return false;
    return find("[data-few]").hidden || show("few", find("#f-few").checked ? "" : words.few);
  }

  async function opened(kept) {
    if (kept.opens === "ballots") return openedEach(kept);
    const many = 2 * found.alphas.reduce((sum, row) => sum + row.length, 0);
    const secret = await secretOf(kept, task);
    if (!holdsPlace(secret, kept.place, found.trustees)) throw new Error("other-sum");
    let done = 0;
    return openSum(secret, found.electionText, found.alphas, () => told(words.opening)((done += 1), many));
  }

  async function answer() {
    const [file] = find("#f-file").files;
    failure.hidden = true;
    if (!show("file", file ? "" : words.missing)) return;
    show("passphrase", "");
    say(words.working);
    await breath();
    if (task.step === "open" && task.opens === "sum" && !found) {
      found = await look();
      return find("[data-compare]").focus();
    }
    if (found && !compared()) return say("");
    const kept = await unlock(await file.text(), find("#f-passphrase").value);
    const same = ["opens", "place", "threshold"].every((each) => kept[each] === task[each]);
    if (!same || kept.election !== task.identifier) throw new Error("other-file");
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
  // 128 bits: of fewer, a site could look for two groups that read alike, and stand between them.
  async function showGroup() {
    const digest = await group.sha256(JSON.stringify(task.certificates));
    const text = [...digest.slice(0, 16)].map((each) => each.toString(16).padStart(2, "0")).join("");
    find("[data-group]").textContent = text.match(/.{4}/g).join(" ");
  }

  if (find("[data-group]")) showGroup();
  box.hidden = false;
})();
