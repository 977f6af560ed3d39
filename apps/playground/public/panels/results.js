import { h } from "../lib/dom.js";
import { formatCompact, formatCount, plural } from "../lib/format.js";
import { followSearches } from "../lib/searches.js";
import { editForm } from "./edit-form.js";

/** Rows shown before the reader asks for the rest. */
const FIRST_ROWS = 12;

/** The cities found, with their countries as filters. */
export function resultsPanel(element, bus) {
  const title = h("h2", { id: "results-title", "aria-live": "polite" }, "Cities");
  const body = h("div");
  element.append(title, body);

  const showIdle = () => {
    title.textContent = "How this works";
    body.replaceChildren(steps());
  };
  const showAnswer = (answer) => {
    title.textContent = `${answer.total === 0 ? "No city" : plural(answer.total, "city", "cities")} for “${answer.asked.q}”`;
    body.replaceChildren(...(answer.total === 0 ? describeNone(answer, bus) : describeFound(answer, bus)));
  };
  followSearches(element, bus, { showIdle, showAnswer });
}

function steps() {
  return h(
    "ol.steps",
    {},
    step(
      "Search for a city",
      "Every name is compared with yours, accents aside, and spelling slips are looked for: a slow scan.",
    ),
    step(
      "Search again",
      "The cache answers with the stored result. On Redis, that holds for every process and after a restart.",
    ),
    step("Watch the counters", "Each lookup is a hit or a miss; each miss runs one scan, however many wait for it."),
    step(
      "Open Atlas in two browsers",
      "Sign in with one name in both. Each lists the other among its devices, and can sign it out.",
    ),
  );
}

function step(title, text) {
  return h("li", {}, h("strong", {}, title), h("span", {}, text));
}

function describeNone(answer, bus) {
  const advice = answer.country
    ? "No city of this country has it in its name."
    : "No city has it in its name. The data set spells most names in Latin letters: try “tokyo” for 東京.";
  return [
    h("p.empty", {}, advice),
    answer.country
      ? h("button", { type: "button", onclick: () => bus.emit("ask", { country: "" }) }, "Search every country")
      : null,
    similar(answer, "Did you mean", bus),
  ].filter(Boolean);
}

function describeFound(answer, bus) {
  const largest = Math.max(1, answer.results[0].population, ...answer.results.map((city) => city.population));
  const rows = answer.results.map((city) => cityRow(city, largest, bus));
  const later = rows.slice(FIRST_ROWS);
  for (const row of later) row.hidden = true;
  const rest = answer.total - answer.results.length;
  return [
    countryFilters(answer, bus),
    h(
      "table",
      { "aria-labelledby": "results-title" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "City"),
          h("th.wide-only", { scope: "col" }, "Country"),
          h("th.number", { scope: "col" }, "Inhabitants"),
        ),
      ),
      h("tbody", {}, rows),
    ),
    later.length > 0 ? showLater(later) : null,
    rest > 0
      ? h("p.quiet.small", {}, `The ${answer.results.length} largest are listed; ${formatCount(rest)} more match.`)
      : null,
    similar(answer, "Similar names", bus),
  ].filter(Boolean);
}

function showLater(rows) {
  const button = h("button", { type: "button" }, `Show ${rows.length} more`);
  button.addEventListener("click", () => {
    for (const row of rows) row.hidden = false;
    button.remove();
  });
  return button;
}

function countryFilters(answer, bus) {
  if (answer.country) {
    const back = () => bus.emit("ask", { country: "" });
    return h("p.chips", {}, h("button.chip", { type: "button", onclick: back }, "← Every country"));
  }
  if (answer.countries.length < 2) return null;
  return h(
    "p.chips",
    { role: "group", "aria-label": "Only in" },
    answer.countries.map(({ code, name, count }) =>
      h(
        "button.chip",
        { type: "button", onclick: () => bus.emit("ask", { country: code }) },
        name,
        h("span.chip-count", {}, formatCount(count)),
      ),
    ),
  );
}

function cityRow(city, largest, bus) {
  const known = city.population > 0;
  const fill = h("span.bar-fill.people");
  fill.style.inlineSize = `${known ? Math.max(1, (100 * city.population) / largest) : 0}%`;
  return h(
    "tr",
    { onpointerenter: () => bus.emit("point", city), onpointerleave: () => bus.emit("point", null) },
    h(
      "th",
      { scope: "row" },
      h("span.city-name", {}, city.name),
      city.kind === "capital" ? h("span.tag", {}, "capital") : null,
      h(
        "span.city-place",
        {},
        h("span.narrow-only", {}, `${city.countryName} · `),
        [city.admin && `region ${city.admin}`, (city.kind === "district" || city.kind === "regional seat") && city.kind]
          .filter(Boolean)
          .join(" · "),
        h("span.wide-only", {}, ` · ${coordinates(city)}`),
      ),
    ),
    h("td.wide-only", {}, h("span.code", { "aria-hidden": "true" }, city.country), city.countryName),
    h(
      "td.number",
      { title: known ? formatCount(city.population) : null },
      known ? formatCompact(city.population) : h("span.quiet", {}, "unknown"),
      editButton(city),
      h("span.bar", { "aria-hidden": "true" }, fill),
    ),
  );
}

/** Opens the form in a row of its own, below the city's. */
function editButton(city) {
  const button = h("button.edit", { type: "button", "aria-label": `Change ${city.name}`, title: "Change" }, "✎");
  button.addEventListener("click", () => {
    const row = button.closest("tr");
    if (row.nextElementSibling?.classList.contains("edit-row")) {
      row.nextElementSibling.remove();
      return;
    }
    const { form, focus } = editForm(city, () => below.remove());
    const below = h("tr.edit-row", {}, h("td", { colspan: 3 }, form));
    row.after(below);
    focus();
  });
  return button;
}

function coordinates({ latitude, longitude }) {
  return `${part(latitude, "N", "S")}, ${part(longitude, "E", "W")}`;
}

function similar({ similar: names }, label, bus) {
  if (names.length === 0) return null;
  const chips = names.map((q) => h("button.chip", { type: "button", onclick: () => bus.emit("ask", { q }) }, q));
  return h("p.chips.similar", {}, h("span.quiet", {}, label), chips);
}

function part(degrees, positive, negative) {
  return `${Math.abs(degrees).toFixed(2)}° ${degrees < 0 ? negative : positive}`;
}
