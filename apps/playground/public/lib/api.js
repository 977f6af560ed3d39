/** The server refused; `title` and `detail` are for the reader. */
export class Refusal extends Error {
  constructor({ status, title, detail }) {
    super(detail);
    this.status = status;
    this.title = title;
    this.detail = detail;
  }
}

/**
 * Asks the API. @returns The answer's JSON, or null if it has none.
 * @throws {Refusal} The server answered that it will not.
 * @throws {TypeError} The server did not answer.
 */
export async function askApi(path, parameters = {}, options = {}) {
  const response = await fetch(withQuery(path, parameters), options);
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({ title: "Atlas failed", detail: `HTTP ${response.status}` }));
  if (!response.ok) throw new Refusal(body);
  return body;
}

/** What to tell the reader of an error of `askApi`. */
export const adviceOf = (error) =>
  error instanceof Refusal ? error.detail : "Atlas does not answer. Try again in a moment.";

/** The path with the parameters that are given. */
export function withQuery(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  const query = new URLSearchParams(given).toString();
  return query ? `${path}?${query}` : path;
}
