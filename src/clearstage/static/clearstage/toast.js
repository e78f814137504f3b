// Toasts: made by the server (HX-Trigger: toast) or by other modules, from <template id="toast">.
const region = document.getElementById("toasts");
const PLAIN = 7000, WITH_UNDO = 15000;

export function announce(text) {
  const place = document.getElementById("announce");
  if (!place) return;
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

export function toast({ text, tone = "success", undo = "" }) {
  const note = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  note.dataset.tone = tone;
  note.querySelector(".toast-text").textContent = text;
  const form = note.querySelector(".toast-undo");
  if (undo) {
    form.action = undo;
    form.setAttribute("hx-post", undo);
    form.setAttribute("hx-swap", "none");
    form.hidden = false;
  } else form.remove();
  show(note, undo ? WITH_UNDO : PLAIN);
}

function show(note, time) {
  region.append(note);
  window.htmx.process(note);
  raise();
  let timer = 0;
  const wait = () => { timer = setTimeout(() => remove(note), time); };
  const hold = () => clearTimeout(timer);
  for (const event of ["pointerenter", "focusin"]) note.addEventListener(event, hold);
  for (const event of ["pointerleave", "focusout"]) note.addEventListener(event, () => { hold(); wait(); });
  wait();
}

// Above an open dialog, and inside it: what stands beside a modal dialog is seen but cannot be used.
const inFront = () => document.querySelector("dialog:modal:not(.drawer)") ?? document.querySelector("dialog:modal") ?? document.body;
document.addEventListener("close", (event) => {
  if (!event.target.contains?.(region)) return;
  inFront().append(region);
  if (region.children.length) raise();
}, true);

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.target?.contains(region)) return;
  document.body.append(region);
  setTimeout(() => { if (region.children.length) raise(); });
});

function raise() {
  if (region.parentNode !== inFront()) inFront().append(region);
  if (!region.showPopover) return;
  region.popover = "manual";
  if (region.matches(":popover-open")) region.hidePopover();
  region.showPopover();
}

function remove(note) {
  if (!note) return;
  note.remove();
  if (!region.children.length && region.popover && region.matches(":popover-open")) region.hidePopover();
}

region?.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) remove(event.target.closest(".toast-note"));
});
region?.addEventListener("htmx:afterRequest", (event) => remove(event.target.closest(".toast-note")));
document.body.addEventListener("toast", (event) => toast(event.detail));
document.body.addEventListener("announce", (event) => announce(event.detail.text ?? event.detail.value));
if (region?.children.length) raise();
