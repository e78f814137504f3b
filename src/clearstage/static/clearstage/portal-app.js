// The portal as an app: its service worker, and the strip that says that one is offline and as of when the page is.
const { worker, scope } = document.getElementById("app").dataset;
const strip = document.getElementById("as-of");
const { asOf } = document.documentElement.dataset;
const opened = asOf ? new Date(asOf) : new Date();

navigator.serviceWorker?.register(worker, { scope, updateViaCache: "none" });

function said() {
  const day = opened.toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "short" };
  return opened.toLocaleString(document.documentElement.lang, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function show(offline) {
  if (!strip) return;
  strip.hidden = !offline;
  if (offline) strip.textContent = strip.dataset.text.replace("{time}", said());
}

const typed = () => [...document.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue && field.type !== "file");

show(asOf || !navigator.onLine);
window.addEventListener("offline", () => show(true));
// Connections come and go: only one that lasts is a reason to load the page anew.
window.addEventListener("online", () => setTimeout(() => {
  if (!navigator.onLine) return;
  if (asOf && !typed() && !document.querySelector(".upload-row[data-state=sending]")) location.reload();
  else show(asOf);
}, 1000));

// What cannot be sent stays in its form; going out is another matter.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (navigator.onLine || form.method !== "post" || form.action.includes("sign-out")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (strip) strip.textContent = strip.dataset.unsent;
  strip?.scrollIntoView({ block: "nearest" });
}, { capture: true });
