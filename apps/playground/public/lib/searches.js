/**
 * What a panel about the latest search shows: `showIdle` before there is one, and when there is none any more;
 * `showAnswer` once it is answered. Between, the panel is busy.
 */
export function followSearches(element, bus, { showIdle, showAnswer }) {
  showIdle();
  bus.on("cleared", showIdle);
  bus.on("refused", showIdle);
  bus.on("asking", () => element.setAttribute("aria-busy", "true"));
  bus.on("answer", (answer) => {
    element.removeAttribute("aria-busy");
    showAnswer(answer);
  });
}
