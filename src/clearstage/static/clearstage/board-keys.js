// The board by keyboard: arrows walk the cards, letters act on the one that has the focus or on the chosen ones.
import { selected, toggle } from "./board-select.js";

const ACTIONS = { m: "move", s: "status", c: "client", a: "assign" };
const board = () => document.getElementById("board");
const cardsIn = (column) => [...column.querySelectorAll(".card-item")];
const current = () => document.activeElement?.closest?.(".card-item");

function focus(card) {
  card?.querySelector(".card-link").focus();
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function walk(key) {
  const card = current();
  if (!card) return focus(board().querySelector(".card-item"));
  const column = card.closest(".column"), cards = cardsIn(column), at = cards.indexOf(card);
  if (key === "ArrowDown" || key === "ArrowUp") return focus(cards[at + (key === "ArrowDown" ? 1 : -1)]);
  if (key === "Home" || key === "End") return focus(cards[key === "Home" ? 0 : cards.length - 1]);
  const step = key === "ArrowRight" ? "nextElementSibling" : "previousElementSibling";
  for (let other = column[step]; other; other = other[step]) {
    const there = cardsIn(other);
    if (there.length) return focus(there[Math.min(at, there.length - 1)]);
  }
}

function act(what) {
  const card = current(), chosen = selected();
  const jobs = chosen.length && (!card || chosen.includes(card.dataset.job)) ? chosen : card ? [card.dataset.job] : [];
  if (!jobs.length) return;
  const source = card?.querySelector(".card-link") ?? document.querySelector("#selection button");
  const address = document.getElementById("columns").dataset[what];
  window.htmx.ajax("POST", address, { source, target: "#dialog", swap: "innerHTML", values: { jobs: jobs.join(","), show: "1" } });
}

document.addEventListener("keydown", (event) => {
  if (!board() || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not(.card-pick), textarea, select, [contenteditable]")) return;
  const arrow = /^(Arrow|Home$|End$)/.test(event.key);
  if (arrow && (current() || event.target === document.body || event.target.id === "main")) {
    event.preventDefault();
    return walk(event.key);
  }
  const key = event.key.toLowerCase();
  if (key === "x" && current()) return toggle(current().querySelector(".card-pick"));
  if (ACTIONS[key]) { event.preventDefault(); act(ACTIONS[key]); }
});

// One stop for each column: Tab goes from column to column, and into the card that has the focus.
const STOPS = "a[href], button, input";
function rest(card, on) {
  for (const stop of card.querySelectorAll(STOPS)) stop.tabIndex = on ? 0 : -1;
}
export function stops(root = document) {
  for (const column of root.querySelectorAll(".column")) {
    const cards = cardsIn(column), held = cards.find((card) => card === current()) ?? cards[0];
    for (const card of cards) rest(card, card === current());
    if (held) held.querySelector(".card-link").tabIndex = 0;
  }
}
document.addEventListener("focusin", (event) => {
  const card = event.target.closest?.(".card-item");
  if (!card) return;
  for (const other of cardsIn(card.closest(".column"))) if (other !== card) rest(other, false);
  rest(card, true);
});
document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.matches?.("#columns, .more")) requestAnimationFrame(() => stops()); });
stops();
