// The theme: [data-theme-switch] goes to the other one and keeps the choice; without a choice the system is followed.
const KEY = "clearstage-theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* lasts as long as the page */ } };

system.addEventListener("change", () => {
  if (!kept()) root.dataset.bsTheme = system.matches ? "dark" : "light";
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) {
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    keep(KEY, root.dataset.bsTheme);
  }
  if (event.target.closest("[data-rail-switch]")) {
    root.dataset.rail = root.dataset.rail === "narrow" ? "wide" : "narrow";
    keep("clearstage-rail", root.dataset.rail);
  }
});
