// Choosing jobs: check boxes, a range with Shift, a whole column; the bar at the bottom acts on them.
const bar = document.getElementById("selection");
const extra = bar?.querySelector("[data-extra]");
let last = null, kept = new Set(), fromBar = false;

const picks = () => [...document.querySelectorAll(".card-pick")];
export const selected = () => [
  ...picks().filter((pick) => pick.checked).map((pick) => pick.value),
  ...[...(extra?.children ?? [])].map((field) => field.value),
];

export function toggle(pick) {
  pick.checked = !pick.checked;
  last = pick;
  count();
}

function count() {
  const found = selected();
  kept = new Set(found);
  document.body.classList.toggle("has-chosen", found.length > 0);
  const words = bar?.querySelector("[data-chosen]");
  if (words) words.textContent = bar.dataset.words.replace("{n}", found.length);
}

export function clear() {
  for (const pick of picks()) pick.checked = false;
  extra?.replaceChildren();
  count();
}

function range(pick) {
  const all = picks(), [from, to] = [all.indexOf(last), all.indexOf(pick)].sort((a, b) => a - b);
  if (from >= 0) for (const each of all.slice(from, to + 1)) each.checked = pick.checked;
}

async function wholeColumn(button) {
  const column = button.closest(".column");
  const kept_ = document.getElementById("columns").dataset.kept;
  const answer = await fetch(`${button.dataset.selectColumn}${kept_ ? `?${kept_}` : ""}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const { jobs } = await answer.json();
  const shown = new Map([...column.querySelectorAll(".card-pick")].map((pick) => [pick.value, pick]));
  const off = jobs.every((job) => shown.get(String(job))?.checked ?? kept.has(String(job)));
  for (const field of [...extra.children]) if (jobs.includes(Number(field.value))) field.remove();
  for (const job of jobs) {
    const pick = shown.get(String(job));
    if (pick) pick.checked = !off;
    else if (!off) extra.append(Object.assign(document.createElement("input"), { type: "hidden", name: "jobs", value: job }));
  }
  count();
}

document.addEventListener("click", (event) => {
  const pick = event.target.closest?.(".card-pick");
  if (pick) {
    if (event.shiftKey && last?.isConnected) range(pick);
    last = pick;
    count();
  }
  const column = event.target.closest?.("[data-select-column]");
  if (column) wholeColumn(column);
  if (event.target.closest?.("[data-unselect]")) { event.preventDefault(); clear(); }
});

// Rows that are drawn anew stay chosen; a job that is no longer shown is no longer chosen.
export function restore() {
  for (const pick of picks()) if (kept.has(pick.value)) pick.checked = true;
  for (const button of document.querySelectorAll("[data-select-column][hidden]")) button.hidden = false;
  count();
}
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.matches?.("#columns, #jobs-table, .more, .jobs-more")) requestAnimationFrame(restore);
});

// What was done with the chosen ones is done: choose anew.
document.addEventListener("htmx:beforeRequest", (event) => { if (bar?.contains(event.detail.elt)) fromBar = true; });
document.addEventListener("close", (event) => { if (event.target.id === "dialog") setTimeout(() => { fromBar = false; }); }, true);
document.body.addEventListener("jobs-changed", () => { if (fromBar) clear(); fromBar = false; });
restore();
