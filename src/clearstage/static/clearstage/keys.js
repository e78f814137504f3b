// Keys that work on every page: / and Ctrl/Cmd-K search, ? lists the keys. Pages add their own to the list.
const typing = (node) => node?.closest?.("input, textarea, select, [contenteditable]");
const searchField = () => document.querySelector("main [data-slash]") ?? document.getElementById("search");

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
    event.preventDefault();
    document.getElementById("search")?.select();
    return;
  }
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    event.preventDefault();
    searchField()?.select();
  }
  if (event.key === "?") document.getElementById("keys")?.showModal();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) document.getElementById("keys")?.showModal();
});

// In the results of the search: arrows walk, Escape leaves.
document.getElementById("search-form")?.addEventListener("keydown", (event) => {
  const found = document.getElementById("found"), field = document.getElementById("search");
  const links = [field, ...found.querySelectorAll("a[href]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    links[(links.indexOf(document.activeElement) + step + links.length) % links.length].focus();
  } else if (event.key === "Escape") {
    found.replaceChildren();
    field.blur();
  }
});
