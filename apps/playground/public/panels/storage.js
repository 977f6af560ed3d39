import { h } from "../lib/dom.js";
import { formatCount } from "../lib/format.js";

/** The line of `src/backend.ts` that each storage has. */
const LINES = {
  memory: "memoryBackend()",
  redis: "redisBackend(url)",
  upstash: "upstashBackend()",
  "vercel-kv": "vercelKvBackend()",
};

/** Which storage is in use, and what the others would take: one line. */
export function storagePanel(element, bus) {
  const rows = new Map(
    Object.entries(LINES).map(([name, code]) => [name, h("li", {}, h("span", {}, name), h("code", {}, code))]),
  );
  const trips = h("p.quiet.small", {}, "");
  element.append(
    h("h2", { id: "storage-title" }, "Storage"),
    h("ul.storage", {}, ...rows.values()),
    h("p.small", {}, "Switch with ", h("code", {}, "BACKEND=redis npm start"), "."),
    trips,
  );
  bus.on("stats", ({ backend, store }) => {
    for (const [name, row] of rows) {
      if (name === backend) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    const text = `${formatCount(store.roundTrips)} network round trips, ${formatCount(store.errors)} errors.`;
    if (trips.textContent !== text) trips.textContent = text;
  });
}
