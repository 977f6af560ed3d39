// A classic script in the head: the chosen scheme applies before the first paint.
try {
  const chosen = localStorage.getItem("atlas.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is blocked: the page follows the system.
}
