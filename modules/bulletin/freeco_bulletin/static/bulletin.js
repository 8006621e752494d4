// The bulletin with a script: letters left, texts to copy, photographs made lighter before they
// leave. Everything works without it.
"use strict";

document.querySelectorAll("[data-letters]").forEach((box) => {
  const most = Number(box.dataset.letters);
  const left = document.createElement("p");
  left.className = "bulletin-left";
  box.after(left);
  const say = () => { left.textContent = `${[...box.value].length} / ${most}`; };
  box.addEventListener("input", say);
  say();
});

document.querySelectorAll("[data-copy]").forEach((text) => {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = text.dataset.copied;
  });
  const line = document.createElement("p");
  line.append(button);
  text.after(line);
});

// A telephone's photograph weighs up to ten megabytes; on a slow line that never arrives.
const LIGHT = 1024 * 1024;
const SIDE = 1600;

async function lighter(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return blob && new File([blob], "photo.jpg", { type: "image/jpeg" });
}

document.querySelectorAll("[data-picture-form] input[type=file]").forEach((input) => {
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file || file.size < LIGHT || typeof createImageBitmap !== "function") return;
    try {
      const made = await lighter(file);
      if (!made || made.size >= file.size) return;
      const files = new DataTransfer();
      files.items.add(made);
      input.files = files.files;
    } catch {
      // What the browser cannot read, the server refuses in words.
    }
  });
});
