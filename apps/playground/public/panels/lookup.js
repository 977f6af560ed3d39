import { h } from "../lib/dom.js";
import { formatMs, formatTimes } from "../lib/format.js";
import { followSearches } from "../lib/searches.js";

const IN_CACHE = "Search again: the answer is in the cache now.";
const WORDS = {
  hit: { badge: "Hit", from: "answered by the cache" },
  miss: { badge: "Miss", from: "scanned every name, then cached the answer", after: IN_CACHE },
  joined: { badge: "Joined", from: "waited for a scan that was already under way", after: IN_CACHE },
  bypass: {
    badge: "No store",
    from: "scanned every name",
    after: "Nothing could be cached: the store does not answer.",
  },
};

/** Where the latest answer came from, and how long it took next to the scan. */
export function lookupPanel(element, bus) {
  const title = h("h2", { id: "lookup-title" }, "This lookup");
  const body = h("div.lookup-body", { "aria-live": "polite" });
  element.append(title, body);

  const showIdle = () => {
    element.dataset.status = "idle";
    body.replaceChildren(
      h("p.quiet", {}, "The first search for a name scans all of them. The next one is answered by the cache."),
      h(
        "div.lookup-actions",
        {},
        h("button.primary", { type: "button", onclick: () => bus.emit("ask", { q: "san" }) }, "Search for “san”"),
      ),
    );
  };
  const showAnswer = (answer) => {
    element.dataset.status = answer.cache.status;
    body.replaceChildren(...describe(answer, bus));
  };
  followSearches(element, bus, { showIdle, showAnswer });
  bus.on("forgotten", ({ pending }) => {
    const text = pending ? "It will be forgotten once the store is back." : "Forgotten. The next search scans again.";
    body.querySelector(".lookup-after")?.replaceChildren(text);
  });
}

function describe({ cache, roundTripMs }, bus) {
  const words = WORDS[cache.status] ?? WORDS.miss;
  const saved = cache.status === "hit";
  const longest = Math.max(cache.scanMs, cache.tookMs);
  return [
    h(
      "div.lookup-head",
      {},
      h("strong.badge", { id: "status" }, words.badge),
      h("p.lookup-time", {}, h("span", { id: "took" }, formatMs(cache.tookMs)), " ms"),
    ),
    h("p.lookup-from", {}, `${words.from} (${cache.backend})`),
    h(
      "dl.bars",
      {},
      bar("Scan", cache.scanMs, longest, "scan"),
      saved ? bar("Cached", cache.tookMs, longest, "cached") : null,
    ),
    h("p.lookup-after", {}, saved ? describeSaving(cache) : words.after),
    h(
      "div.lookup-actions",
      {},
      h("button.primary", { type: "button", id: "again", onclick: () => bus.emit("ask", {}) }, "Search again"),
      h("button", { type: "button", id: "forget", onclick: () => bus.emit("forget") }, "Forget this result"),
    ),
    h("p.quiet.small", {}, `Server time. The browser waited ${formatMs(roundTripMs)} ms in all.`),
  ];
}

function bar(label, ms, longest, kind) {
  const fill = h(`span.bar-fill.${kind}`);
  fill.style.inlineSize = `${Math.max(0.6, (100 * ms) / longest)}%`;
  return h(
    "div",
    {},
    h("dt", {}, label),
    h("dd", {}, h("span.bar", {}, fill), h("span.bar-value", {}, `${formatMs(ms)} ms`)),
  );
}

function describeSaving({ scanMs, tookMs }) {
  if (tookMs >= scanMs) return "This time, asking the store took longer than the scan did.";
  return h("span", {}, h("strong", {}, formatTimes(scanMs, tookMs)), " faster than the scan it saved");
}
