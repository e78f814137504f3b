// How much is unread, kept true on every open page: asked for every quarter of a minute, and when it was changed here.
const EVERY = 15000;
const places = () => document.querySelectorAll("[data-inbox-count]");
let timer = 0;

async function ask() {
  clearTimeout(timer);
  const first = places()[0];
  if (!first) return;
  try {
    if (!document.hidden) {
      const answer = await fetch(first.dataset.inboxCount, { headers: { "HX-Request": "true", "HX-Background": "1" } });
      if (answer.headers.has("HX-Redirect")) return;
      if (answer.ok) show((await answer.json()).unread);
    }
  } catch { /* no connection: ask again later */ }
  timer = setTimeout(ask, EVERY);
}

function show(unread) {
  for (const place of places()) {
    place.hidden = !unread;
    place.querySelector("[data-number]").textContent = unread;
  }
}

document.body.addEventListener("inbox-changed", ask);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
timer = setTimeout(ask, EVERY);
