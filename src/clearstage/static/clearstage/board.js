// What boards, job pages and the list of jobs need beyond htmx. Without it the same addresses work as pages.
import "./board-select.js";
import "./board-drag.js";
import "./board-keys.js";
import "./board-live.js";
import { freshKey } from "./board-key.js";

const box = document.getElementById("dialog");
const wide = window.matchMedia("(min-width: 769px)");
let anchor = null;

// A small dialog stands beside what it changes; on a phone it comes up from below like the others.
function place() {
  const beside = wide.matches && anchor?.isConnected && box.querySelector("[data-beside]");
  box.classList.toggle("dialog-beside", Boolean(beside));
  box.style.left = box.style.top = "";
  if (!beside) return;
  const at = anchor.getBoundingClientRect(), edge = 8;
  const left = Math.min(at.left, window.innerWidth - box.offsetWidth - edge);
  const below = at.bottom + 4, room = window.innerHeight - box.offsetHeight - edge;
  box.style.left = `${Math.max(edge, left)}px`;
  box.style.top = `${Math.max(edge, Math.min(below, room))}px`;
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== box) return;
  const { elt } = event.detail.requestConfig;
  if (!box.contains(elt) && elt.isConnected) anchor = elt.getBoundingClientRect().width ? elt : null;
  place();
});
document.addEventListener("close", (event) => { if (event.target === box) anchor = null; }, true);

// A card's links open in the dialog, its name in the drawer; with Ctrl or the middle button they are links.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".card-item a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const target = link.matches(".card-link") ? "#drawer" : "#dialog";
  window.htmx.ajax("GET", link.getAttribute("href"), { source: link, target, swap: "innerHTML" });
});

// Every form and button that does something carries a key, so that sending it twice does it once.
document.addEventListener("htmx:configRequest", (event) => {
  const { verb, path, parameters, elt } = event.detail;
  if (verb === "post" && /^\/(jobs|actions)\//.test(path) && !parameters.key) parameters.key = freshKey();
  if (elt.id === "filter") for (const name of Object.keys(parameters)) if (!parameters[name]) delete parameters[name];
});

// Choosing another client-facing status shows its words, unless own ones were typed; and it shows the job.
document.addEventListener("change", (event) => {
  if (event.target.id !== "client-status") return;
  const { form } = event.target, words = form.elements.description, described = form.elements.described;
  if (form.elements.shown.value === "0" && event.target.value) form.elements.shown.value = "1";
  if (!words || words.value !== described.value) return;
  words.value = described.value = event.target.selectedOptions[0].dataset.words ?? "";
});

// On a phone one column is in view at a time; the picker above says which.
function inView() {
  const board = document.getElementById("board"), middle = window.innerWidth / 2;
  for (const column of board?.children ?? []) {
    const { left, right } = column.getBoundingClientRect();
    const link = document.querySelector(`.column-picker a[href="#${column.id}"]`);
    if (left > middle || right < middle) link?.removeAttribute("aria-current");
    else link?.setAttribute("aria-current", "true");
  }
}
document.addEventListener("scroll", (event) => { if (event.target.id === "board") requestAnimationFrame(inView); }, { capture: true, passive: true });
document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "columns") inView(); });
inView();

// A change of the clients that were chosen changes the plan.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "add-accounts") document.body.dispatchEvent(new CustomEvent("replan"));
});

// Arrows walk through a list of choices.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = step && event.target.closest?.("[data-walk]");
  if (!list) return;
  event.preventDefault();
  const rows = [...list.querySelectorAll("a[href], button:not([disabled]), input:not([type=hidden]):not([disabled])")];
  rows[(rows.indexOf(event.target) + step + rows.length) % rows.length].focus();
});

// The search for clients is no part of what is added: leaving it changes no plan.
document.addEventListener("change", (event) => { if (event.target.id === "find") event.stopPropagation(); }, true);

// From the search into what it found; Enter takes the first.
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "find" || !["ArrowDown", "Enter"].includes(event.key)) return;
  event.preventDefault();
  const first = document.querySelector("#found-accounts button");
  if (event.key === "Enter") first?.click();
  else first?.focus();
});
