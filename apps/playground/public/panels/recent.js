import { h } from "../lib/dom.js";

const countries = new Intl.DisplayNames(["en"], { type: "region" });

/** What was searched last in this browser, to be searched again. The session keeps it. */
export function recentPanel(element, bus) {
  bus.on("session", ({ recent }) => {
    element.hidden = recent.length === 0;
    element.replaceChildren(h("span", {}, "Recent"), ...recent.map((search) => chip(search, bus)));
  });
}

function chip({ q, country }, bus) {
  const again = () => bus.emit("ask", { q, country: country ?? "" });
  const place = country && h("span.chip-count", {}, countries.of(country));
  return h("button.chip", { type: "button", onclick: again }, q, place);
}
