// Typing @ in a box with data-mentions offers the colleagues who would be told. Without it one types the name.
const known = new Map();
let open = null;

async function names(address) {
  if (!known.has(address)) {
    const asked = fetch(address, { headers: { Accept: "application/json" } });
    known.set(address, asked.then((answer) => (answer.ok ? answer.json() : { names: [] })).then((found) => found.names, () => []));
  }
  return known.get(address);
}

function typed(box) {
  const before = box.value.slice(0, box.selectionStart);
  const found = /(?:^|[^\p{L}\p{N}])@([\p{L}\p{N}.\-' ]{0,40})$/u.exec(before);
  return found && !/ {2}/.test(found[1]) ? found[1] : null;
}

async function offer(box) {
  const begun = typed(box);
  if (begun === null) return close();
  const found = (await names(box.dataset.mentions)).filter((name) => name.toLowerCase().startsWith(begun.toLowerCase())).slice(0, 8);
  if (typed(box) !== begun || document.activeElement !== box) return undefined;
  if (!found.length || found[0] === begun) return close();
  return show(box, begun, found);
}

function show(box, begun, found) {
  close();
  const list = document.createElement("ul");
  list.className = "mention-list";
  list.id = "mention-list";
  list.setAttribute("role", "listbox");
  found.forEach((name, place) => {
    const line = document.createElement("li");
    line.setAttribute("role", "option");
    line.id = `mention-${place}`;
    line.textContent = name;
    line.addEventListener("mousedown", (event) => { event.preventDefault(); pick(name); });
    list.append(line);
  });
  const place = box.getBoundingClientRect();
  list.style.setProperty("left", `${place.left}px`);
  const below = window.innerHeight - place.bottom > 240;
  list.style.setProperty(below ? "top" : "bottom", `${below ? place.bottom + 4 : window.innerHeight - place.top + 4}px`);
  (box.closest("dialog") || document.body).append(list);
  box.setAttribute("aria-controls", list.id);
  open = { box, begun, found, list, at: 0 };
  mark(0);
}

function mark(at) {
  open.at = (at + open.found.length) % open.found.length;
  [...open.list.children].forEach((line, place) => line.setAttribute("aria-selected", String(place === open.at)));
  open.box.setAttribute("aria-activedescendant", `mention-${open.at}`);
}

function pick(name) {
  const { box, begun } = open;
  const end = box.selectionStart;
  box.setRangeText(`${name} `, end - begun.length, end, "end");
  close();
  box.focus();
}

function close() {
  if (!open) return;
  open.box.removeAttribute("aria-activedescendant");
  open.box.removeAttribute("aria-controls");
  open.list.remove();
  open = null;
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[data-mentions]")) offer(event.target);
});

document.addEventListener("keydown", (event) => {
  if (!open || event.target !== open.box) return;
  const does = {
    ArrowDown: () => mark(open.at + 1),
    ArrowUp: () => mark(open.at - 1),
    Enter: () => pick(open.found[open.at]),
    Tab: () => pick(open.found[open.at]),
    Escape: close,
  }[event.key];
  if (!does) return;
  event.preventDefault();
  event.stopPropagation();
  does();
}, true);

document.addEventListener("focusout", (event) => {
  if (open && event.target === open.box) close();
});
