// Without network: what is typed is noted on this device at once and sent when it can be.
// Where the browser cannot do this, forms are sent as ever.
(() => {
  "use strict";

  const box = document.querySelector("[data-offline]");
  if (!box) return;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = JSON.parse(box.dataset.words);
  const { community, member, name } = box.dataset;
  let { keptAt } = document.documentElement.dataset;
  const shortest = 4000;
  const longest = 60000;
  const rhythm = 120000; // what others tick is fetched as often: a page is a lot for one bar of network
  const fresh = { headers: { "X-Freeco-Fresh": "1" } };
  let delay = shortest;
  let timer = 0;
  let waiting = [];
  let report = { state: "", sent: 0 };
  let late = false;

  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
  const counted = (sentences, n, values = {}) => fill(sentences[n === 1 ? 0 : 1], { n, ...values });
  const moment = (text) => new Date(text).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });

  function line(text, ...more) {
    const p = document.createElement("p");
    p.append(text, ...more.flatMap((each) => [" ", each]));
    return p;
  }

  function link(text, href) {
    const a = document.createElement("a");
    Object.assign(a, { textContent: text, href });
    return a;
  }

  // A small form, so that freeco.js asks the question first when there is one.
  function forgetting(text, actions, question) {
    const form = document.createElement("form");
    const b = document.createElement("button");
    Object.assign(b, { className: question ? "quiet danger" : "quiet", textContent: text });
    if (question) form.dataset.confirm = question;
    form.append(b);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      Promise.all(actions.map((action) => freecoQueue.forget(action.position))).then(show);
    });
    return form;
  }

  const mine = (action) => !member || (action.community === community ? action.member === Number(member) : action.name === name);

  function lines() {
    const found = [];
    const own = waiting.filter((action) => mine(action) && !action.refused);
    if (keptAt) found.push(line(fill(words.kept, { when: moment(keptAt) })));
    if (own.length) {
      if (report.state === "away") {
        const back = `${box.dataset.signIn}?suite=${encodeURIComponent(location.pathname)}`;
        found.push(line(counted(words.away, own.length), link(words.again, back)));
      } else if (report.state === "offline" || keptAt || !navigator.onLine) {
        found.push(line(counted(words.offline, own.length)));
      } else if (report.state) {
        found.push(line(`${counted(words.later, own.length)} ${report.reason || ""}`));
      }
    } else if (report.sent && late) {
      found.push(line(counted(words.sent, report.sent)));
    }
    if (report.clock) found.push(line(words.clock));
    if (report.conflicts) {
      found.push(line(counted(words.check, report.conflicts), link(words.look, `/${report.check}/hors-ligne`)));
    }
    const strangers = waiting.filter((action) => !mine(action) && !action.refused);
    for (const who of new Set(strangers.map((action) => action.name))) {
      const theirs = strangers.filter((action) => action.name === who);
      found.push(line(counted(words.others, theirs.length, { name: who })),
        forgetting(words.drop, theirs, counted(words.drop_ask, theirs.length)));
    }
    for (const action of waiting.filter((each) => each.refused && mine(each))) {
      found.push(line(fill(words.refused, { what: `${action.whom} ${action.what}`, why: action.refused })),
        forgetting(words.understood, [action]));
    }
    return found;
  }

  // The rows say what this device knows, sent or not; the sum follows.
  function say(row, text) {
    for (const place of all("[data-offline-said]", row)) place.textContent = text;
  }

  function mark() {
    for (const row of all("[data-pending]")) {
      const refused = waiting.some((action) => action.row === row.id && action.refused);
      say(row, refused ? "" : fill(words.done, { what: row.dataset.what }));
      if (refused) row.dataset.state = row.dataset.was;
      delete row.dataset.pending;
    }
    for (const action of waiting) {
      const row = action.page === location.pathname && mine(action) && document.getElementById(action.row);
      if (!row || action.refused) continue;
      row.dataset.was ??= row.dataset.state;
      Object.assign(row.dataset, { state: action.state, what: action.what, pending: action.position });
      say(row, fill(words.noted, { what: action.what }));
    }
    for (const place of all("[data-offline-count]")) {
      place.dataset.sure ??= place.textContent;
      const change = (row) => (row.dataset.state === "1") - (row.dataset.was === "1");
      place.textContent = all("[data-was]").reduce((sum, row) => sum + change(row), Number(place.dataset.sure));
    }
  }

  async function show() {
    waiting = await freecoQueue.all();
    mark();
    const said = lines();
    box.replaceChildren(...said);
    box.hidden = !said.length;
    const own = waiting.filter((action) => mine(action) && !action.refused).length;
    for (const form of all("form[action$='/deconnexion']")) { // freeco.js asks before it leaves
      if (own) form.dataset.confirm = counted(words.leave, own);
      else delete form.dataset.confirm;
    }
  }

  // Bring the rows up to date, but for one in which somebody is typing.
  async function refresh() {
    if (!document.querySelector("[data-offline-row]")) return;
    const answer = await fetch(location.href.split("#")[0], fresh).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.documentElement.dataset.keptAt) return;
    keptAt = "";
    for (const row of all("[data-offline-row]")) {
      const news = page.getElementById(row.id);
      const typing = all("input:not([type=hidden])", row).some((input) => input.value !== input.defaultValue);
      if (!news || typing || (news.dataset.seen === row.dataset.seen && !row.dataset.was)) continue;
      const focused = row.contains(document.activeElement);
      for (const [index, part] of all("details", news).entries()) part.open = all("details", row)[index]?.open;
      row.replaceWith(news);
      if (focused) all("button", news).find((each) => each.offsetParent)?.focus({ preventScroll: true });
    }
    for (const [index, place] of all("[data-offline-count]").entries()) {
      place.dataset.sure = place.textContent = all("[data-offline-count]", page)[index]?.textContent ?? "";
    }
    narrow();
    await show();
  }

  async function send() {
    clearTimeout(timer);
    if (!(await freecoQueue.all()).some((action) => !action.refused)) return show();
    report = await freecoQueue.send();
    await told();
  }

  async function told() {
    await show();
    late = Boolean(report.state);
    if (keptAt && !report.state) await refresh();
    delay = report.sent ? shortest : Math.min(delay * 2, longest);
    if (report.state === "offline" || report.state === "later") {
      timer = setTimeout(send, delay);
      const worker = await navigator.serviceWorker?.ready;
      worker?.sync?.register("freeco-queue").catch(() => {});
    }
  }

  async function note(form, button) {
    const values = Object.fromEntries([...new FormData(form)].filter(([key, value]) => key !== "csrf_token" && typeof value === "string"));
    if (button?.name) values[button.name] = button.value;
    const row = form.closest("[data-offline-row]");
    await freecoQueue.add({
      kind: form.dataset.offlineKind,
      values,
      at: new Date().toISOString(),
      community,
      member: Number(member),
      name,
      page: location.pathname,
      row: row?.id,
      state: button?.dataset.offlineState,
      what: button?.dataset.offlineWords || "",
      whom: row?.dataset.name || "",
    });
    form.reset();
    for (const part of all("details[open]", form)) part.open = false;
    await show();
  }

  function narrow() {
    const input = document.querySelector("[data-offline-filter]");
    if (!input) return;
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const start = plain(input.value.trim());
    for (const row of all("[data-offline-row]")) {
      row.hidden = !plain(row.dataset.names || "").split(/[\s-]+/).some((word) => word.startsWith(start));
    }
  }

  async function listKept(section) {
    const cache = await caches.open("freeco-kept");
    for (const request of (await cache.keys()).reverse()) {
      const answer = await cache.match(request, { ignoreVary: true });
      const seen = answer?.headers.get("X-Freeco-Seen");
      if (!seen) continue;
      const title = new DOMParser().parseFromString(await answer.text(), "text/html").title;
      const item = document.createElement("li");
      const when = document.createElement("small");
      when.textContent = moment(seen);
      item.append(link(title, request.url), " ", when);
      section.querySelector("ul").append(item);
      section.hidden = false;
    }
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-offline-filter]")) narrow();
  });

  const section = document.querySelector("[data-offline-pages]");
  if (section && window.caches) listKept(section);

  // Only an address that is protected (https, or this machine) gives a page these means.
  if (!window.isSecureContext || !window.indexedDB) return;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!event.defaultPrevented && form.dataset.offlineKind && member) {
      event.preventDefault();
      const { submitter } = event;
      note(form, submitter).then(send, () => { // nothing can be kept here: send as without us
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: submitter?.name || "", value: submitter?.value || "" });
        form.append(field);
        form.submit();
      });
    }
  }, true);

  window.addEventListener("online", send);
  window.addEventListener("offline", () => show());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") send().then(refresh);
  });
  if (document.querySelector("[data-offline-row]")) {
    setInterval(() => { if (document.visibilityState === "visible" && navigator.onLine) refresh(); }, rhythm);
  }

  const workers = navigator.serviceWorker;
  if (workers) {
    // The very first page was loaded before the worker: keep it too.
    if (!workers.controller && "keep" in box.dataset) {
      workers.addEventListener("controllerchange", () => fetch(location.href, fresh).catch(() => {}), { once: true });
    }
    workers.addEventListener("message", (event) => {
      if (event.data?.report) report = event.data.report, told();
    });
    workers.register(box.dataset.worker, { updateViaCache: "none" }).catch(() => {});
  }
  send().catch(() => {});
})();
