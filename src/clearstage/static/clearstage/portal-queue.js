// Files that could not be sent wait on the device, with where they belong, and go up by the upload widget of that place
// when there is a connection again, or at the next visit. Each has a key of its own, under which the server takes it
// once. They are the reader's alone: somebody else's are deleted unseen, all of them when one signs out.
import { Sending } from "./upload.js";

const section = document.getElementById("waiting");
const { reader } = section.dataset;
const words = section.querySelector(".waiting-words").dataset;

const open = new Promise((resolve, reject) => {
  const request = indexedDB.open("clearstage-portal", 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore("waiting", { keyPath: "key" }));
  request.addEventListener("success", () => resolve(request.result));
  request.addEventListener("error", () => reject(request.error));
});

async function store(how, mode, ...given) {
  const request = (await open).transaction("waiting", mode).objectStore("waiting")[how](...given);
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

const title = () => document.querySelector("h1")?.textContent.trim() ?? document.title;
const sendingOf = (event) => event.target.sending;

// The place a file was chosen for. What is sent by being uploaded (data-refresh) needs no button and goes up from anywhere.
function kept({ key, file, widget, account }) {
  const form = widget.closest("form");
  return {
    key, file, account, reader, at: Date.now(), name: widget.dataset.name, page: location.pathname, title: title(),
    action: form?.getAttribute("action") ?? "", alone: Boolean(form?.dataset.refresh),
  };
}

document.addEventListener("upload-lost", (event) => {
  const sending = sendingOf(event);
  if (sending.kept) return;
  sending.kept = kept(sending);
  // Without room for it (or in a private window) it waits in the page, as long as that is open.
  store("put", "readwrite", sending.kept).then(count, () => { sending.kept = null; });
});
for (const over of ["uploaded", "upload-removed"]) {
  document.addEventListener(over, async (event) => {
    const sending = sendingOf(event);
    if (!sending?.kept) return;
    await store("delete", "readwrite", sending.kept.key);
    if (over === "uploaded" && section.contains(sending.row)) setTimeout(() => { sending.row.remove(); count(); }, 4000);
    count();
  });
}
document.addEventListener("upload-refused", async (event) => {
  const { kept: entry } = sendingOf(event), { text } = event.detail;
  if (entry) await store("put", "readwrite", { ...entry, refused: text });
});

const placeOf = ({ name, action, page }) => [...document.querySelectorAll("main [data-upload]")].find((widget) =>
  location.pathname === page && widget.dataset.name === name && (widget.closest("form")?.getAttribute("action") ?? "") === action);

const shown = (key) => [...document.querySelectorAll(".upload-row")].some((row) => row.sending?.key === key);

function show(entry) {
  const place = entry.refused ? null : placeOf(entry);
  const sending = new Sending(place ?? section, entry.file, entry);
  sending.kept = entry;
  if (entry.refused) sending.fail(entry.refused);
  else if (place || entry.alone) sending.begin();
  else if (location.pathname === entry.page) sending.fail(words.gone);
  else lead(sending, entry);
}

// It belongs to another page, where it may need a word along with it: the way there, or that there is none any more.
async function lead(sending, entry) {
  sending.show("elsewhere", "");
  sending.part(".upload-state").append(`${words.belongs} `, Object.assign(document.createElement("a"), { href: entry.page, textContent: entry.title }));
  if (!navigator.onLine) return;
  const answer = await fetch(entry.page).catch(() => null);
  if ([403, 404, 410].includes(answer?.status)) sending.fail(words.gone);
}

function count() {
  section.hidden = !section.querySelector(".upload-row");
}

async function restore() {
  for (const entry of await store("getAll", "readonly")) {
    if (entry.reader !== reader) await store("delete", "readwrite", entry.key);
    else if (!shown(entry.key)) show(entry);
  }
  count();
}

restore().catch(() => { /* a browser that keeps nothing has nothing waiting */ });
