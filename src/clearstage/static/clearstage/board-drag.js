// Dragging a card to another column, by mouse or touch: the server does it, or shows first what would happen.
import { freshKey } from "./board-key.js";
import { selected } from "./board-select.js";

export const drag = { active: false, proposed: "" };
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
let before = null, pending = null;

function settle() {
  pending = null;
  drag.proposed = "";
}

function back() {
  if (!pending) return;
  const { card, list, next } = pending;
  settle();
  if (document.querySelectorAll(`#${card.id}`).length > 1) return card.remove();
  list.insertBefore(card, next?.parentNode === list ? next : list.querySelector("[data-more]"));
}

function propose({ item, to, from }) {
  drag.active = false;
  document.body.classList.remove("is-dragging");
  if (to === from) return;
  const job = item.dataset.job, chosen = selected();
  const jobs = chosen.includes(job) ? chosen : [job];
  pending = { card: item, list: from, next: before };
  drag.proposed = item.id;
  const values = { jobs: jobs.join(","), stage: to.dataset.cards, at_once: "1", key: freshKey() };
  const source = item.querySelector(".card-link");
  window.htmx.ajax("POST", document.getElementById("columns").dataset.move, { source, target: "#dialog", swap: "innerHTML", values });
}

export function prepare(root = document) {
  if (!window.Sortable) return;
  for (const list of root.querySelectorAll("[data-cards]:not([data-ready])")) {
    list.dataset.ready = "";
    window.Sortable.create(list, {
      group: "cards", draggable: ".card-item", filter: ".card-pick, .card-menu", preventOnFilter: false, sort: false,
      animation: calm ? 0 : 120, delay: 200, delayOnTouchOnly: true, touchStartThreshold: 6,
      forceFallback: true, fallbackOnBody: true, fallbackTolerance: 5, fallbackClass: "is-dragged", ghostClass: "is-ghost",
      scroll: true, scrollSensitivity: 72, scrollSpeed: 14, bubbleScroll: true, emptyInsertThreshold: 24,
      // From the first touch on, the card under the hand is not drawn anew.
      onChoose: () => { drag.active = true; },
      onUnchoose: () => { drag.active = false; },
      onStart: ({ item }) => {
        drag.active = true;
        before = item.nextElementSibling;
        document.body.classList.add("is-dragging");
      },
      onEnd: propose,
    });
  }
}

// Done: the card stays where it was dropped, and is drawn anew. Closed or failed: back it goes.
document.body.addEventListener("jobs-changed", settle);
document.addEventListener("close", (event) => { if (event.target.id === "dialog") back(); }, true);
document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, elt } = event.detail;
  if (pending?.card.contains(elt) && !(xhr.status >= 200 && xhr.status < 300) && ![409, 412, 422].includes(xhr.status)) back();
});
document.addEventListener("htmx:afterSwap", () => prepare());
window.addEventListener("load", () => prepare());
prepare();
