import { h } from "../lib/dom.js";

/** Asks again when a city on the page has been changed, by whomever, in whatever process. */
export function livePanel(element, bus) {
  let shown;
  bus.on("answer", (answer) => {
    shown = new Set(answer.results.map((city) => city.country));
  });
  bus.on("cleared", () => {
    shown = undefined;
  });
  const source = new EventSource("/api/events");
  source.addEventListener("changed", (event) => {
    const countries = JSON.parse(event.data);
    if (!countries.some((country) => shown?.has(country))) return;
    element.replaceChildren(h("span", {}, "A city on this page was changed just now."));
    bus.emit("ask", {});
  });
}
