// Makes a voter's own code in the browser, shows it once, and sends its public half alone.
(() => {
  "use strict";

  const box = document.querySelector("[data-code]");
  if (!box) return;
  const { draw, publicOf } = globalThis.freecoCodes;
  const words = JSON.parse(box.dataset.words);
  const find = (selector) => box.querySelector(selector);
  const [last, error, state, form] = ["#f-last", "#f-last-error", "[data-state]", "[data-register]"].map(find);
  let code = "";

  const say = (sentence) => {
    state.textContent = sentence;
    state.hidden = !sentence;
  };

  function show(sentence) {
    error.textContent = sentence;
    error.hidden = !sentence;
    last.closest(".field").classList.toggle("wrong", Boolean(sentence));
    if (sentence) last.setAttribute("aria-invalid", "true");
    else last.removeAttribute("aria-invalid");
  }

  const acts = {
    make: async () => {
      code = draw();
      form.elements.public.value = await publicOf(code, box.dataset.identifier);
      find("[data-shown]").textContent = code;
      find("[data-start]").hidden = true;
      find("[data-made]").hidden = false;
      find("h2").focus();
    },
    print: () => globalThis.print(),
    save: () => globalThis.freecoSealing.save("code-de-vote.txt", `${words.kept}\n\n${code}\n`),
    copy: async () => {
      await navigator.clipboard.writeText(code).catch(() => {});
      say(words.copied);
    },
  };

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) acts[button.dataset.act]();
  });
  last.addEventListener("input", () => show(""));

  // Before the page's own script hears of the sending: a code that was not kept is not registered.
  form.addEventListener("submit", (event) => {
    if (last.value.replace(/[\s-]/g, "") === code.slice(-3)) return;
    event.preventDefault();
    show(words.other);
    last.focus();
  });

  box.hidden = false;
})();
