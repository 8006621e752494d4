// The service worker, after the queue and `site` (version, shell, offline, icon).
// Kept: the shell, by version; and the pages the server marks, as last seen by the one reader it
// names. Never: what is sent (POST), errors, redirects, other sites.
// A new version takes over at once: open pages have all they need, and the queue's form is stable.
(() => {
  "use strict";

  const shell = `freeco-shell-${site.version}`;
  const kept = "freeco-kept";
  const readerSign = "/-reader";
  const slow = 5000; // milliseconds: with one bar of network, the page as last seen is better than none
  const mostPages = 60;
  const away = [502, 503, 504]; // a gateway says that the server is not there

  const later = (delay) => new Promise((done) => { setTimeout(done, delay); });

  self.addEventListener("install", (event) => {
    const files = site.shell.map((url) => new Request(url, { cache: "reload", credentials: "omit" }));
    event.waitUntil(caches.open(shell).then((cache) => cache.addAll(files)).then(() => self.skipWaiting()));
  });

  self.addEventListener("activate", (event) => {
    event.waitUntil((async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("freeco-shell-") && name !== shell);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })());
  });

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return;
    if (request.mode === "navigate" || request.headers.has("X-Freeco-Fresh")) {
      event.respondWith(page(event));
    } else if (site.shell.includes(url.pathname)) {
      event.respondWith(piece(request, url));
    }
  });

  async function piece(request, url) {
    const network = fetch(request);
    const stored = () => caches.match(url.pathname, { cacheName: shell, ignoreVary: true });
    try {
      return (await Promise.race([network, later(slow)])) || (await stored()) || network;
    } catch {
      return (await stored()) || Response.error();
    }
  }

  async function page(event) {
    const { request } = event;
    const address = request.url.split("#")[0];
    const before = await (await caches.open(kept)).match(address, { ignoreVary: true });
    const network = fetch(request).then((answer) => {
      event.waitUntil(keep(address, answer, answer.clone()));
      return answer;
    });
    event.waitUntil(network.catch(() => {}));
    try {
      const answer = await (before ? Promise.race([network, later(slow)]) : network);
      if (answer && !(before && away.includes(answer.status))) return answer;
    } catch {
      if (!before) return (request.mode === "navigate" && await caches.match(site.offline, { ignoreVary: true })) || Response.error();
    }
    const words = await before.text();
    const seen = before.headers.get("X-Freeco-Seen");
    return new Response(words.replace("<html", `<html data-kept-at="${seen}"`), { headers: before.headers });
  }

  async function keep(address, answer, copy) {
    const reader = answer.headers.get("X-Freeco-Reader");
    if (!reader) return;
    let cache = await caches.open(kept);
    const known = await (await cache.match(readerSign))?.text();
    if (known !== reader) { // signed out, or somebody else: what the former reader saw is forgotten
      await caches.delete(kept);
      cache = await caches.open(kept);
      await cache.put(readerSign, new Response(reader));
    }
    if (!answer.ok || answer.redirected || !answer.headers.has("X-Freeco-Keep")) return;
    const headers = new Headers(copy.headers);
    headers.set("X-Freeco-Seen", new Date().toISOString());
    await cache.delete(address, { ignoreVary: true });
    await cache.put(address, new Response(await copy.blob(), { headers }));
    const pages = (await cache.keys()).filter((each) => !each.url.endsWith(readerSign));
    for (const each of pages.slice(0, -mostPages)) await cache.delete(each, { ignoreVary: true });
  }

  // The browser wakes us when the network is back, even with every page closed.
  self.addEventListener("sync", (event) => {
    if (event.tag !== "freeco-queue") return;
    event.waitUntil(freecoQueue.send().then(async (report) => {
      for (const client of await self.clients.matchAll()) client.postMessage({ report });
      if (report.state === "offline" || report.state === "later") throw new Error("not yet");
    }));
  });

  function here(address) {
    try {
      const url = new URL(address || "/", self.location.origin);
      return url.origin === self.location.origin ? url.href : `${self.location.origin}/`;
    } catch {
      return `${self.location.origin}/`;
    }
  }

  self.addEventListener("push", (event) => {
    let note = {};
    try {
      note = event.data?.json() || {};
    } catch { /* not ours: shown without its words rather than not at all, as browsers ask */ }
    event.waitUntil(self.registration.showNotification(String(note.title || "Freeco"), {
      body: String(note.body || ""),
      icon: site.icon,
      badge: site.icon,
      data: { url: here(note.url) },
    }));
  });

  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const url = here(event.notification.data?.url);
    event.waitUntil((async () => {
      const open = (await self.clients.matchAll({ type: "window" })).find((client) => client.url === url);
      await (open ? open.focus() : self.clients.openWindow(url));
    })());
  });
})();
