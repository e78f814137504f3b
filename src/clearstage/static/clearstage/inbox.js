// The inbox by keyboard: arrows walk the entries, letters press the buttons of the one that has the focus.
const place = document.getElementById("inbox");
const entries = () => [...place.querySelectorAll("[data-entry]")];
const current = () => document.activeElement?.closest?.("[data-entry]");
let at = 0;

function focus(index) {
  const all = entries();
  if (!all.length) return;
  at = Math.max(0, Math.min(index, all.length - 1));
  all[at].focus({ preventScroll: true });
  all[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open], [popover]:popover-open:not(#toasts)")) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const here = current(), index = here ? entries().indexOf(here) : -1;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && (here || event.target === document.body || event.target.id === "main")) {
    event.preventDefault();
    return focus(here ? index + step : at);
  }
  if (!here) return;
  if (event.key === "Enter" && event.target === here) return here.querySelector("[data-follow]")?.click();
  const button = here.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  at = index;
  button.click();
});

// A menu opens beside its button, with the first choice under the finger.
place.addEventListener("toggle", (event) => {
  if (event.newState !== "open") return;
  const menu = event.target, button = place.querySelector(`[popovertarget="${menu.id}"]`).getBoundingClientRect();
  const top = button.bottom + menu.offsetHeight + 8 > innerHeight ? button.top - menu.offsetHeight - 4 : button.bottom + 4;
  menu.style.inset = `${Math.max(8, top)}px auto auto ${Math.max(8, Math.min(button.left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.querySelector("button").focus();
}, true);

addEventListener("resize", () => place.querySelector("[popover]:popover-open")?.hidePopover());

// What was dealt with is gone from the list: the focus stays where it was.
let held = false;
document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target === place) held = Boolean(current()) && (at = entries().indexOf(current())) >= 0; });
document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target === place && held) focus(at); });
