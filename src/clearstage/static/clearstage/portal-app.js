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

const changed = (field) => ["checkbox", "radio"].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
const typed = () => [...document.querySelectorAll("input:not([type=file]), textarea")].some(changed);

// Whoever is on his way to another page is not called back by loading this one anew. Phones know the second event only;
// it is heard of downloads, too, after which one is still here.
const ON_THE_WAY = 20000;
let left = -ON_THE_WAY;
for (const [place, event] of [[window, "beforeunload"], [window.navigation, "navigate"]]) {
  place?.addEventListener(event, () => { left = performance.now(); });
}

// Connections come and go: only one that lasts is a reason to load the page anew, once nothing is lost by it.
let due = 0;
const later = () => { clearTimeout(due); due = setTimeout(renew, 1000); };

function renew() {
  if (!navigator.onLine) return;
  show(false);
  if (!asOf) return;
  const leaving = performance.now() - left < ON_THE_WAY;
  if (leaving || typed() || document.querySelector(".upload-row[data-state=sending]")) later();
  else location.reload();
}

show(asOf || !navigator.onLine);
window.addEventListener("offline", () => show(true));
window.addEventListener("online", later);

// What cannot be sent stays in its form; going out is another matter.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (navigator.onLine || form.method !== "post" || form.action.includes("sign-out")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (strip) strip.textContent = strip.dataset.unsent;
  strip?.scrollIntoView({ block: "nearest" });
}, { capture: true });
