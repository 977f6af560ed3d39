/** Switches between light and dark, and remembers it. Until it is used, the page follows the system. */
export function themeButton(button, bus) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", () => bus.emit("theme"));
  button.addEventListener("click", () => {
    const { dataset } = document.documentElement;
    const current = dataset.theme ?? (system.matches ? "dark" : "light");
    dataset.theme = current === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("atlas.theme", dataset.theme);
    } catch {
      // Storage is blocked: the choice lasts as long as the page.
    }
    bus.emit("theme");
  });
}
