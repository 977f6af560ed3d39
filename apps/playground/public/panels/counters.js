import { h } from "../lib/dom.js";
import { formatCount } from "../lib/format.js";

const COUNTERS = [
  { id: "hits", label: "Hits", of: ({ cache }) => cache.hits },
  { id: "misses", label: "Misses", of: ({ cache }) => cache.misses },
  { id: "scans", label: "Scans run", of: ({ cache }) => cache.factoryRuns },
  { id: "commands", label: "Store commands", of: ({ store }) => store.commands },
];

/** What the server has counted since its start; every visitor's searches are in it. */
export function countersPanel(element, bus) {
  const values = new Map(COUNTERS.map(({ id }) => [id, h("dd", { id: `count-${id}` }, "0")]));
  const ratioFill = h("span.bar-fill.cached");
  const ratio = h("p.ratio", {}, h("span.bar", { "aria-hidden": "true" }, ratioFill), h("span", {}, "No lookups yet"));
  element.append(
    h("h2", { id: "counters-title" }, "Since the server started"),
    h(
      "dl.counters",
      {},
      COUNTERS.map(({ id, label }) => h(`div.counter.${id}`, {}, h("dt", {}, label), values.get(id))),
    ),
    ratio,
  );
  bus.on("stats", (stats) => {
    for (const { id, of } of COUNTERS) tick(values.get(id), of(stats));
    const { hits, misses } = stats.cache;
    const lookups = hits + misses;
    const percent = lookups === 0 ? 0 : (100 * hits) / lookups;
    ratioFill.style.inlineSize = `${percent}%`;
    const text = lookups === 0 ? "No lookups yet" : `${Math.round(percent)} % of lookups answered by the cache`;
    if (ratio.lastChild.textContent !== text) ratio.lastChild.textContent = text;
  });
}

function tick(element, count) {
  const text = formatCount(count);
  if (element.textContent === text) return;
  element.textContent = text;
  element.classList.remove("ticked");
  // Reading the size makes the browser notice the removal, so that the animation starts anew.
  void element.offsetWidth;
  element.classList.add("ticked");
}
