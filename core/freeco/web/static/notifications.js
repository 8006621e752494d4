// Freeco: lets this browser be woken for a notice. Asked only when the button is pressed.
(() => {
  "use strict";

  const place = document.querySelector("[data-push-key]");
  const button = place?.querySelector("[data-push-button]");
  if (!button || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const words = place.querySelector("[data-push-words]");

  function bytes(text) {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  function say(text) {
    words.setAttribute("role", "status");
    words.textContent = text;
  }

  function device() {
    const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) => navigator.userAgent.includes(name));
    const browser = ["Firefox", "Edg", "OPR", "Chrome", "Safari"].find((name) => navigator.userAgent.includes(name));
    return [{ Edg: "Edge", OPR: "Opera" }[browser] || browser, system].filter(Boolean).join(", ");
  }

  async function add() {
    if (await Notification.requestPermission() !== "granted") return say(place.dataset.pushRefused);
    const registration = await navigator.serviceWorker.ready;
    const subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(place.dataset.pushKey),
    });
    const { endpoint, keys } = subscription.toJSON();
    const answer = await fetch(place.dataset.pushUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": place.dataset.pushToken },
      body: JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth, name: device() }),
    });
    if (!answer.ok) throw new Error(answer.statusText);
    location.reload();
  }

  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await add();
    } catch {
      say(place.dataset.pushFailed);
    } finally {
      button.disabled = false;
    }
  });
})();
