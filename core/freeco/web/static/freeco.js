// Freeco: what makes the pages quicker. Every page works without it.
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const impatience = 8000; // milliseconds: a download leaves us on the page, its button must come back

  function money(cents, currency) {
    const style = { style: "currency", currency };
    return new Intl.NumberFormat(document.documentElement.lang || "fr", style).format(cents / 100);
  }

  function total(form) {
    const shown = all("[data-total]", form);
    if (!shown.length) return;
    const cents = all("[data-price-cents]", form).reduce((sum, input) => {
      const quantity = Number(input.value) || 0;
      input.closest(".stepper")?.classList.toggle("filled", quantity > 0);
      return sum + Math.round(quantity * Number(input.dataset.priceCents));
    }, Number(form.dataset.startCents) || 0);
    const text = money(cents, form.dataset.currency || "EUR");
    for (const place of shown) if (place.textContent !== text) place.textContent = text;
  }

  function release(form) {
    delete form.dataset.sent;
    for (const button of all("[aria-disabled]", form)) button.removeAttribute("aria-disabled");
  }

  function wake(root) {
    for (const stepper of all(".stepper", root)) {
      stepper.classList.add("stepped");
      for (const button of all("[data-step]", stepper)) button.hidden = false;
    }
    for (const button of all("[data-print]", root)) button.hidden = false;
    for (const place of all("[data-total]", root)) place.parentElement.hidden = false;
    for (const input of all("[data-price-cents]", root)) if (input.form) total(input.form);
    for (const area of all("form[method=post] textarea", root)) {
      if (!area.value) area.value = sessionStorage.getItem(draft(area)) || "";
    }
  }

  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step) {
      const input = step.parentElement.querySelector("input");
      if (step.dataset.step === "1") input.stepUp();
      else input.stepDown();
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (event.target.closest("[data-print]")) window.print();
    for (const menu of all(".account[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all(".account[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A long text outlives a page that closes or a network that fails; this tab alone knows it.
  const draft = (area) => `draft ${location.pathname} ${area.name}`;

  document.addEventListener("input", (event) => {
    if (event.target.form) total(event.target.form);
    if (event.target.tagName === "TEXTAREA") sessionStorage.setItem(draft(event.target), event.target.value);
  });

  // A question in a dialog; the safe answer comes first, and Escape means it.
  function ask(question, submitter, agree) {
    const dialog = document.createElement("dialog");
    const answer = (text, name, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = name;
      button.textContent = text;
      button.addEventListener("click", () => { dialog.close(); act?.(); });
      return button;
    };
    const said = document.createElement("p");
    said.id = "question";
    said.textContent = question;
    const row = document.createElement("div");
    row.className = "actions";
    const danger = submitter.classList.contains("danger");
    row.append(
      answer(document.body.dataset.no || "Non", ""),
      answer(submitter.textContent.trim(), danger ? "danger" : "primary", agree),
    );
    dialog.append(said, row);
    dialog.setAttribute("aria-labelledby", said.id);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  // Before anybody else hears of the sending: ask once where the page says so.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const submitter = event.submitter || form.querySelector("button:not([type=button])");
    const question = submitter?.dataset.confirm || form.dataset.confirm;
    const agreed = form.dataset.agreed;
    delete form.dataset.agreed;
    if (!form.dataset.sent && (!question || agreed)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.sent) return;
    ask(question, submitter, () => {
      for (const field of all("[name=a_confirmer]", form)) field.remove();
      form.dataset.agreed = "yes";
      form.requestSubmit(event.submitter);
    });
  }, true);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    for (const area of all("textarea", form)) sessionStorage.removeItem(draft(area));
    if (form.action.endsWith("/deconnexion")) sessionStorage.clear();
    form.dataset.sent = "yes";
    for (const button of all("button:not([type=button])", form)) button.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), impatience);
  });

  // Coming back with the back button: the forms may be sent again, and keep what was typed.
  window.addEventListener("pageshow", () => {
    for (const form of all("form[data-sent]")) release(form);
    wake(document);
  });

  document.addEventListener("htmx:load", (event) => wake(event.target));

  wake(document);

  const current = document.querySelector(".within [aria-current]");
  if (current) {
    const row = current.closest("ul");
    const tab = current.parentElement;
    row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }

  document.querySelector("[data-error-summary]")?.focus();
})();
