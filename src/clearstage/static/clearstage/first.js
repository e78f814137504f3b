// Before the first paint: the theme that was chosen here or that the system has, and the width of the rail.
(() => {
  const root = document.documentElement;
  let kept = {};
  try { kept = window.localStorage; } catch { /* private browsing: follow the system */ }
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.bsTheme = kept["clearstage-theme"] || (dark ? "dark" : "light");
  if (kept["clearstage-rail"]) root.dataset.rail = kept["clearstage-rail"];
})();
