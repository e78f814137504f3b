// <dialog data-loaded>: whatever htmx puts into it opens it; a 204 or the event "close-dialog" closes it; focus returns.
const opened = new Map();

// Where one was before the drawer's address took the place: htmx puts that there before the drawer opens.
let addressBefore = location.href;
document.addEventListener("htmx:beforeRequest", () => {
  if (!document.querySelector("dialog[data-address][open]")) addressBefore = location.href;
});

const loaded = (node) => node?.closest?.("dialog[data-loaded]");
export function open(box, opener) {
  if (!opened.has(box)) opened.set(box, { opener, address: addressBefore });
  const first = box.querySelector("[data-problems] .problems") ?? box.querySelector("[autofocus]")
    ?? box.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea, button, a[href])")
    ?? box.querySelector(".btn-primary, .btn-danger, h2");
  if (!box.open) box.showModal();
  first?.focus();
}

export function close(box) {
  if (box?.open) box.close();
}

// A dialog that is refused keeps what was typed: bare problems go above the form, or open the dialog alone.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("X-Clearstage-Problems") !== "1") return;
  const box = loaded(event.detail.requestConfig.elt) ?? document.querySelector("dialog[data-loaded][open]") ?? document.getElementById("dialog");
  event.detail.target = (box.open && box.querySelector("[data-problems]")) || box;
  event.detail.swapOverride = "innerHTML";
});

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig } = event.detail;
  const box = loaded(target);
  if (!box) return;
  if (target === box || !box.open) box.childElementCount ? open(box, requestConfig.elt) : close(box);
  if (target.matches("[data-problems]")) target.querySelector(".problems")?.focus();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr?.status === 204 && !event.detail.elt.closest("#toasts")) close(loaded(event.detail.elt));
});

// A click beside the dialog closes it unless something was typed.
document.addEventListener("input", (event) => loaded(event.target)?.setAttribute("data-touched", ""));

document.body.addEventListener("close-dialog", () => close([...document.querySelectorAll("dialog[open]")].pop()));

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) return close(event.target.closest("dialog"));
  const box = event.target;
  if (box instanceof HTMLDialogElement && box.open && !box.hasAttribute("data-touched")) close(box);
});

document.addEventListener("close", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLDialogElement) || !box.hasAttribute("data-loaded")) return;
  const { opener, address } = opened.get(box) ?? {};
  opened.delete(box);
  box.removeAttribute("data-touched");
  box.replaceChildren();
  if (address && address !== location.href && box.hasAttribute("data-address")) history.pushState({}, "", address);
  const back = opener?.isConnected ? opener : document.getElementById(opener?.id) ?? document.getElementById("main");
  back?.focus({ preventScroll: true });
}, true);

// hx-confirm asks in our own words and looks.
document.addEventListener("htmx:confirm", (event) => {
  const box = document.getElementById("confirm");
  if (!event.detail.question || !box) return;
  event.preventDefault();
  box.querySelector("[data-question]").textContent = event.detail.question;
  box.returnValue = "";
  box.addEventListener("close", () => box.returnValue === "yes" && event.detail.issueRequest(true), { once: true });
  box.showModal();
});
