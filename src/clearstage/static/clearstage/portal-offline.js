// The page for what was never seen on this device: it lists what waits to be sent, of whoever reads here.
import { store } from "./portal-store.js";

const section = document.getElementById("waiting");

async function list() {
  const mark = await (await caches.open("portal-pages")).match(section.dataset.mark);
  const reader = await mark?.text();
  const mine = (await store("getAll", "readonly")).filter((entry) => entry.reader === reader);
  for (const { file, title } of mine) {
    const row = document.createElement("li");
    row.append(Object.assign(document.createElement("strong"), { textContent: file.name }), ` · ${title}`);
    section.querySelector("ul").append(row);
  }
  section.hidden = !mine.length;
}

list().catch(() => { /* a browser that keeps nothing has nothing waiting */ });
