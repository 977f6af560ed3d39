import { h } from "../lib/dom.js";
import { formatMs, plural } from "../lib/format.js";

const SHOWN = 36;
/** Bars are logarithmic between these: a hit in microseconds and a scan in tens of milliseconds both show. */
const SHORTEST_MS = 0.01;
const LONGEST_MS = 200;

/** The latest lookups of this page, one bar each. */
export function timelinePanel(element, bus) {
  const bars = h("div.timeline", { role: "img", "aria-label": "No lookups yet" });
  const text = h("p.quiet.small", {}, "Bar height is the server's time, on a logarithmic scale.");
  element.append(h("h2", { id: "timeline-title" }, "Lookups from this page"), bars, text);
  const lookups = [];
  bus.on("answer", ({ cache, asked }) => {
    lookups.push(cache);
    if (lookups.length > SHOWN) lookups.shift();
    const bar = h(`span.${cache.status}`, { title: `${asked.q}: ${cache.status}, ${formatMs(cache.tookMs)} ms` });
    bar.style.blockSize = `${height(cache.tookMs)}%`;
    bars.append(bar);
    if (bars.childElementCount > SHOWN) bars.firstElementChild.remove();
    const hits = lookups.filter(({ status }) => status === "hit").length;
    bars.setAttribute("aria-label", `${plural(lookups.length, "lookup", "lookups")}, ${plural(hits, "hit", "hits")}`);
  });
}

function height(ms) {
  const bounded = Math.min(Math.max(ms, SHORTEST_MS), LONGEST_MS);
  return 10 + (90 * Math.log(bounded / SHORTEST_MS)) / Math.log(LONGEST_MS / SHORTEST_MS);
}
