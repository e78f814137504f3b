// The questionnaire editor draws itself anew when the kind of an answer or a condition is chosen. What was typed while
// that was on its way is put back, and what was unfolded stays so. Adding, moving and removing change the places of
// questions, so nothing is put back then.

const form = () => document.getElementById("template");
const sent = new WeakMap();
let typed = [];
let folds = new Map();

const fields = () => [...form().elements].filter((each) => each.name && each.type !== "hidden" && each.tagName !== "BUTTON");
const same = (one, other) => one.name === other.name && (one.type !== "checkbox" || one.value === other.value);
const state = (each) => (each.type === "checkbox" ? each.checked : each.value);
const foldable = () => [...form().querySelectorAll(".q-edit-more")].map((each) => [each.parentElement.closest("[id]").id, each]);
const refreshes = (detail) => detail.requestConfig?.parameters?.get?.("do") === "refresh" || detail.requestConfig?.parameters?.do === "refresh";

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target?.id === "template") sent.set(detail.xhr, fields().map((each) => [each, state(each)]));
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const then = sent.get(detail.xhr);
  if (detail.target?.id !== "template" || !then || !refreshes(detail)) return;
  typed = then.filter(([each, before]) => state(each) !== before).map(([each]) => each);
  folds = new Map(foldable().map(([id, { open }]) => [id, open]));
});

document.addEventListener("htmx:afterSwap", () => {
  for (const [id, each] of foldable()) each.open = folds.get(id) ?? each.open;
  folds.clear();
});

document.addEventListener("htmx:afterSettle", () => {
  for (const old of typed.splice(0)) {
    const field = fields().find((each) => same(each, old));
    if (!field) continue;
    if (old.type === "checkbox") field.checked = old.checked;
    else field.value = old.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
