// A questionnaire saves itself as it is filled in: each question alone, so that no other device's answers are touched.
// What cannot be saved for want of a connection is tried again, and whoever leaves before that is asked. Without this
// script the form is an ordinary one.

const form = document.querySelector("[data-organizer]");
const sign = form?.querySelector("[data-saved]");
const PAUSE = 700;
const AGAIN = 5000;
const waiting = new Set();
let timer = 0;
let busy = false;

const question = (key) => form.querySelector(`[data-q="${CSS.escape(key)}"]`);

function say(what) {
  sign.textContent = what ? sign.dataset[what] : "";
  sign.dataset.state = what;
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(() => save(), pause);
}

function fields(keys) {
  const all = new FormData(form);
  const some = new FormData();
  some.append("csrfmiddlewaretoken", all.get("csrfmiddlewaretoken"));
  for (const key of keys) {
    some.append(`was-${key}`, all.get(`was-${key}`) ?? "");
    for (const value of all.getAll(`a-${key}`)) if (typeof value === "string") some.append(`a-${key}`, value);
  }
  return some;
}

// Whoever leaves the page waits for nothing: what he has typed goes out beside what is still on its way.
async function save(leaving = false) {
  if ((busy && !leaving) || !waiting.size) return;
  busy = true;
  const keys = [...waiting];
  waiting.clear();
  say("saving");
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: fields(keys), headers: { Accept: "application/json" }, keepalive: true,
    });
    if (answer.redirected || answer.status === 409 || answer.status === 403 || answer.status === 404) {
      // Submitted, archived or signed out meanwhile: the page itself says so.
      location.reload();
      return;
    }
    if (answer.status !== 200 && answer.status !== 422) throw new Error(answer.status);
    show(keys, answer.status, await answer.json());
  } catch {
    keys.forEach((key) => waiting.add(key));
    say("lost");
    later(AGAIN);
  } finally {
    busy = false;
  }
  if (waiting.size && sign.dataset.state !== "lost") later(PAUSE);
}

function show(keys, status, told) {
  for (const key of keys) {
    const problem = status === 422 ? told.problems[key] ?? "" : "";
    const line = form.querySelector(`#problem-${CSS.escape(key)}`);
    line.textContent = problem && problem[0].toUpperCase() + problem.slice(1);
    line.hidden = !problem;
    question(key).classList.toggle("q-wrong", Boolean(problem));
    if (!problem) question(key).querySelector(".q-last")?.remove();
  }
  if (status === 422) {
    // Those of the others that fit are saved by themselves.
    keys.filter((key) => !told.problems[key]).forEach((key) => waiting.add(key));
    say("wrong");
    return;
  }
  for (const each of form.querySelectorAll("[data-q]")) each.hidden = !told.shown.includes(each.dataset.q);
  for (const [key, was] of Object.entries(told.was)) form.querySelector(`[name="was-${CSS.escape(key)}"]`).value = was;
  const progress = document.querySelector("[data-progress]");
  progress.querySelector("progress").max = told.of || 1;
  progress.querySelector("progress").value = told.answered;
  const words = progress.querySelector("[data-answered]");
  words.textContent = words.dataset.words.replace("{answered}", told.answered).replace("{all}", told.of);
  say("done");
}

function touched(event) {
  const key = event.target.closest("[data-q]")?.dataset.q;
  if (!key || (event.target.type === "file" && event.type !== "uploaded")) return;
  waiting.add(key);
  later(event.type === "input" && !["radio", "checkbox"].includes(event.target.type) ? PAUSE : 0);
}

if (form) {
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("uploaded", touched);
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("online", () => later(0));
  addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
  addEventListener("beforeunload", (event) => { if (sign.dataset.state === "lost") event.preventDefault(); });
}
