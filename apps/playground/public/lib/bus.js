/**
 * How panels hear of each other.
 *
 * - `ask` { q?, country? }: a panel wants a search; what is left out stays as it is
 * - `asking` { q, country }: a search has begun
 * - `answer`: the API's answer, with `asked` and `roundTripMs`
 * - `searched` { q, country }: that search was meant, not merely passed through while typing
 * - `refused` { title, detail }: the API will not run it
 * - `cleared`: nothing is searched
 * - `forget`: the cached result should go; `forgotten` { pending }: it has, or will
 * - `stats`: the API's counters; `unreachable`: the server did not answer
 * - `session`: the API's answer about who is signed in, at the start and after every change
 * - `change-session` { path, body?, done? }: a panel posts that; `session-changed`: the same, once it has been done;
 *   `session-refused`: the error instead
 * - `open-account`: the dialog about signing in is wanted
 * - `point`: a city, or null, is pointed at
 * - `theme`: the colours changed
 */
export function createBus() {
  const target = new EventTarget();
  return {
    on: (name, listener) => target.addEventListener(name, (event) => listener(event.detail)),
    emit: (name, detail) => target.dispatchEvent(new CustomEvent(name, { detail })),
  };
}
