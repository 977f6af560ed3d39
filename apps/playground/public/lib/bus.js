/**
 * How panels hear of each other.
 *
 * - `ask` { q?, country? }: a panel wants a search; what is left out stays as it is
 * - `asking` { q, country }: a search has begun
 * - `answer`: the API's answer, with `asked` and `roundTripMs`
 * - `refused` { title, detail }: the API will not run it
 * - `cleared`: nothing is searched
 * - `forget`: the cached result should go; `forgotten` { pending }: it has, or will
 * - `stats`: the API's counters; `unreachable`: the server did not answer
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
