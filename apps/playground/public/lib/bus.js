/**
 * How panels hear of each other.
 *
 * Events: `ask` { q, country, again } a panel wants a search · `asking` a search began · `answer` the API's
 * answer with `roundTripMs` · `refused` { title, detail } · `cleared` nothing is searched · `forget` the cached
 * result should go · `stats` the API's counters · `unreachable` the server did not answer · `point` a city, or
 * null, is pointed at · `theme` the colours changed.
 */
export function createBus() {
  const target = new EventTarget();
  return {
    on: (name, listener) => target.addEventListener(name, (event) => listener(event.detail)),
    emit: (name, detail) => target.dispatchEvent(new CustomEvent(name, { detail })),
  };
}
