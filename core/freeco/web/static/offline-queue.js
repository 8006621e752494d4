// The queue of what was typed on this device, for pages and for the worker: kept in IndexedDB,
// numbered in the order of typing, handed in until the server has answered for each key.
const freecoQueue = (() => {
  "use strict";

  const portion = 50;
  const patience = 20000;
  let opening;

  function open() {
    opening ??= new Promise((done, failed) => {
      const request = indexedDB.open("freeco", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("actions", { keyPath: "position", autoIncrement: true });
        request.result.createObjectStore("facts");
      };
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
    return opening;
  }

  async function use(store, mode, act) {
    const database = await open();
    return new Promise((done, failed) => {
      // Strict: on the disk before the page says that it is noted.
      const step = database.transaction(store, mode, { durability: "strict" });
      const request = act(step.objectStore(store));
      step.oncomplete = () => done(request?.result);
      step.onerror = step.onabort = () => failed(step.error);
    });
  }

  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));

  const all = () => use("actions", "readonly", (store) => store.getAll());
  const add = (action) => use("actions", "readwrite", (store) => store.add({ ...action, key: uuid() }));
  const forget = (position) => use("actions", "readwrite", (store) => store.delete(position));
  const change = (action) => use("actions", "readwrite", (store) => store.put(action));

  async function device() {
    await use("facts", "readwrite", (store) => {
      store.get("device").onsuccess = (event) => event.target.result || store.put(uuid(), "device");
    });
    return use("facts", "readonly", (store) => store.get("device"));
  }

  async function call(address, options = {}) {
    const headers = { Accept: "application/json", ...options.headers };
    const signal = AbortSignal.timeout?.(patience);
    const answer = await fetch(address, { cache: "no-store", ...options, headers, signal });
    const body = await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, body };
  }

  // Tell the report what went wrong; an ended session is the reader's to mend, the rest is ours.
  function failed(report, answer) {
    report.state = answer.status === 401 ? "away" : "later";
    report.reason = [403, 409, 429].includes(answer.status) ? answer.body.detail : "";
    return report;
  }

  async function handIn(community, report) {
    const who = await call(`/${community}/hors-ligne/etat`);
    if (!who.ok) return failed(report, who);
    const name = await device();
    for (;;) {
      const mine = (await all()).filter((action) => action.community === community &&
        action.member === who.body.member && !action.refused).slice(0, portion);
      if (!mine.length) return report;
      const answer = await call(`/${community}/hors-ligne`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": who.body.token },
        body: JSON.stringify({
          device: name,
          member: who.body.member,
          now: new Date().toISOString(),
          actions: mine.map(({ key, kind, values, at, position }) => ({ key, kind, values, at, position })),
        }),
      });
      if (!answer.ok) return failed(report, answer);
      report.clock = Math.abs(answer.body.clock_error_seconds) > 120;
      let understood = 0;
      for (const { key, outcome, sentence } of answer.body.answers) {
        const action = mine.find((each) => each.key === key);
        if (!action) continue;
        understood += 1;
        if (outcome === "refused") {
          await change({ ...action, refused: sentence });
          report.refused += 1;
          continue;
        }
        await forget(action.position);
        report.sent += 1;
        if (outcome === "conflict") report.check = community, report.conflicts += 1;
      }
      if (!understood) return failed(report, answer);
    }
  }

  async function sendAll() {
    const report = { state: "", reason: "", sent: 0, refused: 0, conflicts: 0, check: "", clock: false };
    const waiting = (await all()).filter((action) => !action.refused);
    for (const community of new Set(waiting.map((action) => action.community))) {
      try {
        await handIn(community, report);
      } catch {
        report.state = "offline"; // no answer, or one that broke off: the key makes it safe to repeat
      }
    }
    return report;
  }

  // One sender at a time over all tabs and the worker.
  const send = () => navigator.locks ? navigator.locks.request("freeco-queue", sendAll) : sendAll();

  return { all, add, change, forget, send };
})();
