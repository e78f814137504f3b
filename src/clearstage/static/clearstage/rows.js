// Rows of a form (editor/rows.html): added, moved and removed by buttons, with the keyboard too. The server takes the
// order from the numbers, and a row without a title is none, so nothing here is needed for saving.
const rows = (field) => [...field.querySelectorAll(":scope > .rows-list > .rows-row")];
const title = (row) => row.querySelector(".rows-title :is(input, textarea)");
const usual = (select) => (select.querySelector("option[selected]") ?? select.options[0])?.value ?? "";
const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

const number = (field) => rows(field).forEach((row, place, all) => {
  row.querySelector(".rows-place").value = place + 1;
  row.querySelector("[data-row=up]").disabled = place === 0;
  row.querySelector("[data-row=down]").disabled = place === all.length - 1;
});

const add = (field) => {
  const all = rows(field), last = all.at(-1), copy = last.cloneNode(true);
  const from = last.querySelector(".rows-place").name.replace(/-position$/, ""), to = `${field.dataset.rows}-${all.length}`;
  for (const element of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value?.startsWith(`${from}-`)) element.setAttribute(name, to + value.slice(from.length));
    }
  }
  for (const input of copy.querySelectorAll("input, textarea, select")) {
    if (input.type === "checkbox") input.checked = input.name.endsWith("-required");
    else if (input.tagName === "SELECT") input.value = usual(input);
    else input.value = "";
  }
  copy.querySelector("details").open = false;
  copy.querySelectorAll(".field-error, .remark").forEach((each) => each.remove());
  field.querySelector(":scope > .rows-list").append(copy);
  number(field);
  title(copy).focus();
};

const start = (field) => {
  if (field.dataset.ready) return;
  field.dataset.ready = "1";
  field.querySelectorAll("[data-row]").forEach((button) => { button.hidden = false; });
  field.classList.add("rows-live");
  rows(field).slice(rows(field).findLastIndex((row) => title(row).value) + 2).forEach((row) => row.remove());
  number(field);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-row]"), field = button?.closest("[data-rows]");
  if (!field) return;
  const row = button.closest(".rows-row");
  if (button.dataset.row === "add") return add(field);
  if (button.dataset.row === "up" && row.previousElementSibling) row.previousElementSibling.before(row);
  if (button.dataset.row === "down" && row.nextElementSibling) row.nextElementSibling.after(row);
  if (button.dataset.row === "remove") {
    // Its names stay, so that those of the others need no change; without a title it is no row.
    title(row).value = "";
    row.hidden = true;
    (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("input:not(.rows-place)")?.focus();
  }
  number(field);
  if (button.dataset.row !== "remove") button.disabled ? title(row).focus() : button.focus();
  changed(field);
});
const startAll = () => document.querySelectorAll("[data-rows]").forEach(start);
document.addEventListener("htmx:load", startAll);
startAll();
