import { askApi } from "../lib/api.js";
import { h } from "../lib/dom.js";

/** A small form that changes how many inhabitants a city has, for everybody. */
export function editForm(city, close) {
  const input = h("input", {
    type: "number",
    min: 0,
    max: 100_000_000,
    step: 1,
    required: true,
    value: city.population,
    "aria-label": `Inhabitants of ${city.name}`,
  });
  const message = h("span.edit-message.small", { role: "status" });
  const form = h(
    "form.edit-form",
    {
      async onsubmit(event) {
        event.preventDefault();
        message.textContent = "Saving …";
        try {
          await askApi(
            `/api/cities/${city.id}`,
            {},
            {
              method: "PUT",
              headers: { "Content-Type": "application/json" },
              body: JSON.stringify({ population: input.valueAsNumber }),
            },
          );
          close();
        } catch (error) {
          message.textContent = error.message;
        }
      },
    },
    input,
    h("button.primary", { type: "submit" }, "Save for everybody"),
    h("button", { type: "button", onclick: close }, "Cancel"),
    message,
  );
  return { form, focus: () => input.select() };
}
