// The map under the finger: drag it, or click twice to come nearer; the server draws it again.
// Without this file its links do the same; the list beside it is always there.
(() => {
  "use strict";

  const side = 640; // units of the drawing
  const nearest = 16;

  const world = (latitude, longitude, zoom) => {
    const scale = 256 * 2 ** zoom;
    const y = (1 - Math.asinh(Math.tan(latitude * Math.PI / 180)) / Math.PI) / 2;
    return [(longitude + 180) / 360 * scale, y * scale];
  };

  const degrees = (x, y, zoom) => {
    const scale = 256 * 2 ** zoom;
    return [Math.atan(Math.sinh(Math.PI * (1 - 2 * y / scale))) * 180 / Math.PI, x / scale * 360 - 180];
  };

  function address(frame, latitude, longitude, zoom) {
    const asked = new URLSearchParams({ zoom, lat: latitude.toFixed(5), lon: longitude.toFixed(5) });
    if (frame.dataset.kind) asked.set("kind", frame.dataset.kind);
    return `${frame.dataset.page}?${asked}`;
  }

  async function show(url) {
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("carte");
      if (!fresh) throw new Error("no map");
      document.getElementById("carte").replaceWith(fresh);
      history.replaceState(null, "", url);
      window.htmx?.process(fresh);
      wake();
    } catch {
      window.location.assign(url);
    }
  }

  function draggable(frame) {
    const drawing = frame.querySelector(".ground");
    const ground = drawing?.querySelector(".pan");
    if (!ground) return;
    frame.classList.add("pannable");
    let from = null;
    let moved = [0, 0];
    const units = () => side / drawing.clientWidth;

    frame.addEventListener("pointerdown", (event) => {
      if (event.button || !event.isPrimary) return;
      from = [event.clientX, event.clientY];
      moved = [0, 0];
    });
    frame.addEventListener("pointermove", (event) => {
      if (!from) return;
      moved = [(event.clientX - from[0]) * units(), (event.clientY - from[1]) * units()];
      if (Math.hypot(...moved) < 8) return;
      if (!frame.classList.contains("panning")) frame.setPointerCapture(event.pointerId);
      frame.classList.add("panning");
      ground.setAttribute("transform", `translate(${moved[0]} ${moved[1]})`);
    });
    const drop = (event) => {
      const dragged = frame.classList.contains("panning");
      frame.classList.remove("panning");
      from = null;
      if (!dragged) return;
      if (event.type === "pointercancel") {
        ground.removeAttribute("transform");
        return;
      }
      const zoom = Number(frame.dataset.zoom);
      const [x, y] = world(Number(frame.dataset.latitude), Number(frame.dataset.longitude), zoom);
      const centre = degrees(x - moved[0], y - moved[1], zoom);
      frame.addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
      show(address(frame, ...centre, zoom));
    };
    frame.addEventListener("pointerup", drop);
    frame.addEventListener("pointercancel", drop);
    frame.addEventListener("dblclick", (event) => {
      const zoom = Number(frame.dataset.zoom);
      if (zoom >= nearest) return;
      const corner = drawing.getBoundingClientRect();
      const [x, y] = world(Number(frame.dataset.latitude), Number(frame.dataset.longitude), zoom);
      const right = (event.clientX - corner.left) * units() - side / 2;
      const down = (event.clientY - corner.top) * units() - side / 2;
      show(address(frame, ...degrees(x + right, y + down, zoom), zoom + 1));
    });
    frame.addEventListener("dragstart", (event) => event.preventDefault());
  }

  function wake() {
    const frame = document.querySelector("[data-map]");
    if (!frame || frame.dataset.awake) return;
    frame.dataset.awake = "yes";
    draggable(frame);
  }

  document.addEventListener("htmx:load", wake);
  wake();
})();
