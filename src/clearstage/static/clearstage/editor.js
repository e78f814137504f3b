import "./rows.js";

// The pipeline editor's comforts. Without them every button still works: they only save a click or warn.
const form = () => document.getElementById("editor");
let typed = false, leaving = false, lastField = null;

// Dragging moves the hidden inputs that tell the order; then the form is drawn anew.
function sortable(root) {
  if (!window.Sortable) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const list of root.querySelectorAll("[data-sort]")) {
    if (window.Sortable.get(list)) continue;
    // SortableJS calls its own events “change”, too; the form listens for those of inputs.
    list.addEventListener("change", (event) => { if (event.target.matches("li, ol")) event.stopPropagation(); });
    window.Sortable.create(list, {
      group: list.dataset.sort,
      handle: "[data-grip]",
      animation: still ? 0 : 120,
      onEnd({ item, to, from, oldIndex, newIndex }) {
        const place = item.querySelector(":scope > [data-place]");
        if (place && to.dataset.order) place.name = to.dataset.order;
        const whole = item.closest("form");
        if (to !== from || oldIndex !== newIndex) whole.requestSubmit(whole.querySelector("[data-refresh]"));
      },
    });
  }
}

const ready = () => sortable(document);
document.readyState === "complete" ? ready() : addEventListener("load", ready);
document.addEventListener("htmx:afterSettle", ready);
// Dragging leaves empty style attributes behind; htmx would copy them, which the security policy forbids.
document.addEventListener("htmx:beforeSwap", ({ target }) => {
  for (const each of target.querySelectorAll("[style='']")) each.removeAttribute("style");
});

// The colour of a stage follows its select at once.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-tones]")) return;
  const box = event.target.closest("[data-tone]");
  box.className = `${box.className.replace(/\s*tone-\w+/g, "")} tone-${event.target.value}`;
});

// Leaving with changes that are not saved asks first.
document.addEventListener("input", (event) => { if (event.target.closest("#editor")) typed = true; });
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) leaving = true; });
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) leaving = true;
});
document.addEventListener("click", (event) => { if (event.target.closest("#editor-bar a")) leaving = true; });
addEventListener("beforeunload", (event) => {
  if (!leaving && (typed || form()?.hasAttribute("data-changed"))) event.preventDefault();
});
addEventListener("pageshow", () => { leaving = false; });

// A shortcode goes where the cursor was.
document.addEventListener("focusin", (event) => { if (event.target.matches("[data-codes]")) lastField = event.target; });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const scope = button.closest("form");
  const field = lastField?.isConnected && scope.contains(lastField) ? lastField : scope.querySelector("[data-codes]");
  if (!field) return;
  field.focus();
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// A finding of a text leads to its line.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  const text = document.getElementById("document");
  if (!link || !text) return;
  const lines = text.value.split("\n");
  const start = lines.slice(0, link.dataset.line - 1).join("\n").length + (link.dataset.line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[link.dataset.line - 1] ?? "").length);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (link.dataset.line - 6) * height);
  const top = text.getBoundingClientRect().top + scrollY + (link.dataset.line - 1) * height - text.scrollTop;
  scrollTo({ top: Math.max(0, top - innerHeight / 3) });
});
