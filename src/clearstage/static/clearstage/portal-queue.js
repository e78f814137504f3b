// Files that could not be sent wait on the device, with where they belong, and go up when there is a connection again or
// at the next visit, on whatever page that is. Where a word or a *Send* belongs to them their own page has that to do.
// Each has a key of its own, under which the server takes it once. They are the reader's alone: somebody else's are
// deleted unseen, all of them when one signs out.
import { store } from "./portal-store.js";
import { Sending } from "./upload.js";

const section = document.getElementById("waiting");
const { reader } = section.dataset;
const words = section.querySelector(".waiting-words").dataset;

const title = () => document.querySelector("h1")?.textContent.trim() ?? document.title;
const sendingOf = (event) => event.target.sending;

// The place a file was chosen for. What is sent by being uploaded (data-refresh) needs no button there.
function kept({ key, file, widget, account }) {
  const form = widget.closest("form");
  return {
    key, file, account, reader, endpoint: widget.dataset.upload, at: Date.now(), name: widget.dataset.name, page: location.pathname, title: title(),
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
    if (over === "uploaded" && !sending.kept.alone && section.contains(sending.row)) return finishLater(sending, event.detail);
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
  if (place) place.closest("details")?.setAttribute("open", "");
  if (entry.refused) sending.fail(entry.refused);
  else if (place && entry.id) sending.arrived(entry.id);
  else if (place || entry.alone) sending.begin();
  else if (location.pathname === entry.page) sending.fail(entry.id ? words.kept : words.gone);
  else elsewhere(sending);
}

// It goes up from here, unless there is no such page any more.
async function elsewhere(sending) {
  const { id, page } = sending.kept;
  sending.id = id; // taken out of the list it is thrown away, as it is on its page
  lead(sending);
  if (!navigator.onLine) return;
  const answer = await fetch(page).catch(() => null);
  if ([403, 404, 410].includes(answer?.status)) {
    sending.id = null;
    sending.fail(id ? words.kept : words.gone);
  } else if (answer?.ok && !answer.redirected && !id) sending.begin();
}

function lead(sending) {
  const { id, page, title: of } = sending.kept;
  sending.show("elsewhere", "");
  sending.part(".upload-state").append(`${id ? words.finish : words.belongs} `, Object.assign(document.createElement("a"), { href: page, textContent: of }));
}

// Its bytes are there; what is kept is the way to where it is wanted.
async function finishLater(sending, { id, name }) {
  sending.kept = { ...sending.kept, id, file: new File([], name) };
  await store("put", "readwrite", sending.kept);
  lead(sending);
}

window.addEventListener("online", () => {
  for (const { sending } of section.querySelectorAll(".upload-row[data-state=elsewhere]")) if (!sending.kept.id) elsewhere(sending);
});

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
