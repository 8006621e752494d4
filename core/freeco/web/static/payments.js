// Lists to tick and things to copy. Every page works without it.
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  function count(form) {
    const ticked = all("[data-cents]", form).filter((box) => box.checked);
    const cents = ticked.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
    const style = { style: "currency", currency: "EUR" };
    const amount = new Intl.NumberFormat(document.documentElement.lang || "fr", style).format(cents / 100);
    for (const place of all("[data-ticked]", form)) {
      place.textContent = place.dataset.ticked.replace("{number}", ticked.length).replace("{amount}", amount);
      place.hidden = false;
    }
    const every = form.querySelector("[data-tick-all]");
    if (every) every.checked = ticked.length > 0 && ticked.length === all("[data-cents]", form).length;
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form || !form.matches(".noting")) return;
    if (event.target.matches("[data-tick-all]")) {
      for (const box of all("[data-cents]", form)) box.checked = event.target.checked;
    }
    count(form);
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(field.dataset.exact);
    button.textContent = button.dataset.done;
  });

  for (const form of all(".noting")) count(form);
  if (navigator.clipboard) for (const button of all("[data-copy]")) button.hidden = false;
})();
