// When an answer does not come, or is no good: a banner that says what was kept, or a toast.
import { toast } from "./toast.js";

const banner = document.getElementById("offline");
const words = document.getElementById("words")?.dataset ?? {};
let waiting = null;

function lost(event) {
  const { elt, requestConfig } = event.detail;
  if (requestConfig?.headers?.["HX-Background"]) return;
  waiting = { elt, event: requestConfig?.triggeringEvent?.type };
  // An open dialog covers the page: say it inside.
  (document.querySelector("dialog[open]") ?? document.body).prepend(banner);
  banner.hidden = false;
}

function again() {
  if (!waiting?.elt.isConnected) return location.reload();
  const { elt, event } = waiting;
  if (elt instanceof HTMLFormElement) elt.requestSubmit();
  else window.htmx.trigger(elt, event ?? "click");
}

document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:timeout", lost);
document.addEventListener("htmx:afterOnLoad", () => { banner.hidden = true; waiting = null; });
banner?.querySelector("button").addEventListener("click", again);
window.addEventListener("online", () => { if (!banner.hidden) again(); });

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Trigger")?.includes("\"toast\"")) return;
  const text = xhr.status === 404 ? words.notFound : xhr.status === 403 ? words.forbidden : words.broken;
  toast({ text, tone: "danger" });
});
