import { adviceOf, askApi, Refusal, withQuery } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { formatCount } from "../lib/format.js";

/** Typing pauses this long before a search starts. */
const PAUSE_MS = 220;
/** A search that was typed counts as meant once it has stood this long; one that was chosen or submitted, at once. */
const STANDS_MS = 2_000;
const CHOSEN_MS = 0;
const EXAMPLES = ["san", "zurich", "São Paulo", "springfield", "new york", "łódź"];

/** The search field, the country filter and some examples; runs the searches. */
export function searchPanel(element, bus) {
  const input = h("input", {
    id: "q",
    name: "q",
    type: "search",
    placeholder: "Search the cities of the world",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    maxlength: 80,
    "aria-describedby": "search-problem",
  });
  const country = h("select", { id: "country", name: "country" }, h("option", { value: "" }, "Every country"));
  const problem = h("p.search-problem", { id: "search-problem", role: "alert" });
  const examples = EXAMPLES.map((q) =>
    h("button.chip", { type: "button", onclick: () => bus.emit("ask", { q, country: "" }) }, q),
  );
  const form = h(
    "form",
    { role: "search", action: "/", method: "get" },
    h("label.visually-hidden", { for: "q" }, "City"),
    input,
    h("label.visually-hidden", { for: "country" }, "Country"),
    country,
    h("button.primary", { type: "submit" }, "Search"),
  );
  element.append(form, problem, h("p.examples", {}, h("span", {}, "Try"), ...examples));

  let pause;
  let standing;
  let running;
  const wanted = () => ({ q: input.value.trim(), country: country.value });

  /** @param meantAfterMs Left out where nobody has asked for another search than before. */
  async function run(meantAfterMs) {
    clearTimeout(pause);
    running?.abort();
    const meansIt = meantAfterMs !== undefined;
    if (meansIt) clearTimeout(standing);
    problem.textContent = "";
    const parameters = wanted();
    history.replaceState(null, "", withQuery("/", parameters));
    if (parameters.q === "") {
      bus.emit("cleared");
      return;
    }
    const controller = new AbortController();
    running = controller;
    bus.emit("asking", parameters);
    const began = performance.now();
    try {
      const answer = await askApi("/api/search", parameters, { signal: controller.signal });
      bus.emit("answer", { ...answer, asked: parameters, roundTripMs: performance.now() - began });
      if (meansIt) standing = setTimeout(() => bus.emit("searched", parameters), meantAfterMs);
    } catch (error) {
      if (controller.signal.aborted) return;
      problem.textContent = adviceOf(error);
      if (error instanceof Refusal) bus.emit("refused", error);
      else bus.emit("unreachable");
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(pause);
    clearTimeout(standing);
    pause = setTimeout(() => void run(STANDS_MS), PAUSE_MS);
  });
  country.addEventListener("change", () => void run(CHOSEN_MS));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run(CHOSEN_MS);
  });
  bus.on("ask", (asked) => {
    input.value = asked.q ?? input.value;
    country.value = asked.country ?? country.value;
    void run(asked.q === undefined && asked.country === undefined ? undefined : CHOSEN_MS);
  });
  bus.on("forget", async () => {
    try {
      const waiting = await askApi("/api/search", wanted(), { method: "DELETE" });
      bus.emit("forgotten", { pending: waiting !== null });
    } catch (error) {
      problem.textContent = adviceOf(error);
    }
  });
  bus.on("stats", ({ cities }) => {
    input.placeholder = `Search ${formatCount(cities)} cities`;
  });

  const address = new URLSearchParams(location.search);
  input.value = address.get("q") ?? "";
  void fillCountries(country).then(() => {
    country.value = address.get("country") ?? "";
    if (country.selectedIndex < 0) country.value = "";
    if (input.value !== "") void run();
  });
}

async function fillCountries(select) {
  try {
    const { countries } = await askApi("/api/countries");
    select.append(...countries.map(({ code, name }) => h("option", { value: code }, name)));
  } catch {
    // The filter stays at "Every country"; searching works without it.
  }
}
