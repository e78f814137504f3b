// What colleagues do appears on an open board within two seconds (B7), and never takes away what one is at.
import { drag } from "./board-drag.js";
import { stops } from "./board-keys.js";
import { restore } from "./board-select.js";
import { announce } from "./toast.js";

// Half a second is left for the way there and back.
const EVERY = 1500;
const held = new Map(), drawn = new Map();
let asking = false, again = false, timer = 0, editing = "", ended = false;

const columns = () => document.getElementById("columns");

async function ask() {
  clearTimeout(timer);
  const here = columns();
  if (!here || ended) return;
  if (asking) { again = true; return; }
  asking = true;
  release();
  try {
    if (!document.hidden) await look(here);
  } catch { /* no connection: ask again later */ }
  asking = false;
  const soon = again;
  again = false;
  timer = setTimeout(ask, soon ? 0 : EVERY);
}

async function look(here) {
  const { changes, latest, kept } = here.dataset;
  const answer = await fetch(`${changes}?since=${latest}${kept ? `&${kept}` : ""}`, { headers: { "HX-Request": "true", "HX-Background": "1" } });
  if (answer.headers.has("HX-Redirect") || answer.status === 404) { ended = true; return; }
  if (answer.status === 204 && answer.headers.has("X-Latest")) here.dataset.latest = answer.headers.get("X-Latest");
  if (answer.status === 204) reading(false, here);
  if (answer.status !== 200 || !here.isConnected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("changes");
  if (!found) return;
  here.dataset.latest = found.dataset.latest;
  if (reading("tooMany" in found.dataset, here)) return;
  for (const card of found.querySelectorAll(".card-item")) put(card, here);
  for (const job of found.dataset.gone.split(",").filter(Boolean)) take(`card-${job}`, here);
  counts(found);
  restore();
  stops();
}

// Too much at once: the board is read anew, and once more when the rush is over.
const RUSH = 6000;
let readAt = -RUSH, owed = false;
function reading(tooMany, here) {
  if (!tooMany && !owed) return false;
  owed = drag.active || Boolean(editing) || (tooMany && performance.now() - readAt < RUSH);
  if (owed) return true;
  readAt = performance.now();
  window.htmx.ajax("GET", here.dataset.board, { target: "#columns", swap: "outerHTML" });
  return true;
}

const busy = (id) => (drag.active || drag.proposed === id || editing === id) && Boolean(document.getElementById(id));

function put(card, here) {
  const { id } = card, present = document.getElementById(id), text = card.outerHTML;
  if (busy(id)) { held.set(id, () => put(card, columns())); return; }
  if (present && drawn.get(id) === text && present.parentNode.dataset.cards === card.dataset.stage) return;
  drawn.set(id, text);
  const list = here.querySelector(`[data-cards="${card.dataset.stage}"]`);
  if (!list) return take(id, here);
  const from = present?.dataset.stage, focused = present?.contains(document.activeElement) ? document.activeElement.id : "";
  const fresh = document.adoptNode(card), place = slot(list, fresh, present);
  present?.remove();
  if (place === false) return;
  list.insertBefore(fresh, place);
  window.htmx.process(fresh);
  if (focused) (document.getElementById(focused) ?? fresh.querySelector(".card-link")).focus({ preventScroll: true });
  if (from === card.dataset.stage) return;
  fresh.classList.add("is-fresh");
  tell(fresh, list, here);
}

// As the server orders them, the newest job first among equals; beyond what is loaded nothing is put in.
function slot(list, card, present) {
  const down = columns().dataset.sort === "time";
  const { place, job } = card.dataset;
  for (const other of list.querySelectorAll(".card-item")) {
    if (other === present) continue;
    const its = other.dataset.place;
    if ((down ? its < place : its > place) || (its === place && Number(other.dataset.job) < Number(job))) return other;
  }
  return list.querySelector("[data-more]") ? false : null;
}

function take(id, here) {
  const card = document.getElementById(id);
  if (!card) return;
  if (busy(id)) { held.set(id, () => take(id, columns())); return; }
  const focused = card.contains(document.activeElement), next = card.nextElementSibling ?? card.previousElementSibling;
  card.remove();
  drawn.delete(id);
  if (focused) next?.querySelector?.(".card-link")?.focus({ preventScroll: true });
  announce(here.dataset.left);
}

function tell(card, list, here) {
  const { name } = card.dataset;
  const stage = list.closest(".column").querySelector("h2").textContent;
  announce(here.dataset.moved.replace("{account}", card.querySelector(".card-link").textContent).replace("{job}", name).replace("{stage}", stage));
}

function counts(found) {
  const given = Object.fromEntries([...found.querySelectorAll("[data-of]")].map((each) => [each.dataset.of, each.value]));
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = given[place.dataset.count] ?? 0;
  const total = Object.values(given).reduce((sum, each) => sum + Number(each), 0);
  const place = document.querySelector(".page-head [data-total]");
  if (place) place.textContent = total;
  if (total) document.getElementById("board-empty")?.remove();
}

// The card that a dialog is about is left alone until the dialog is closed.
document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (target.id === "dialog") editing = requestConfig.elt.closest?.(".card-item")?.id ?? editing;
  if (target.id === "columns") { held.clear(); drawn.clear(); title(); }
});
document.addEventListener("close", (event) => {
  if (event.target.id !== "dialog") return;
  editing = "";
  release();
}, true);

function release() {
  const waiting = [...held.values()];
  held.clear();
  for (const run of waiting) run();
}

function title() {
  const total = columns()?.dataset.total, place = document.querySelector(".page-head [data-total]");
  if (total && place) place.textContent = total;
}

for (const event of ["jobs-changed", "board-changed"]) document.body.addEventListener(event, ask);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
timer = setTimeout(ask, EVERY);
