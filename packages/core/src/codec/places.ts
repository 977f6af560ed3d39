import { malformed } from "./malformed.ts";
import { parsePath } from "./paths.ts";

/** A place in parsed text of which the annotations say something, or inside which they do. */
export interface Place {
  readonly json: unknown;
  /** What to make of `json`; left alone if undefined. */
  type: unknown;
  /** Holds the same object as that place. */
  same: Place | undefined;
  inside: Map<string, Place> | undefined;
  made: unknown;
  isMade: boolean;
}

/** The annotated places of one text, as a tree beside it: what is not annotated costs nothing. */
export class Places {
  readonly root: Place;
  readonly #isLegacy: boolean;

  constructor(json: unknown, isLegacy: boolean) {
    this.root = newPlace(json);
    this.#isLegacy = isLegacy;
  }

  /** @throws {SerializationError} There is no such place. */
  find(from: Place, path: string): Place {
    const keys = parsePath(path, this.#isLegacy);
    if (!keys) throw malformed();
    let place = from;
    for (const key of keys) place = step(original(place), key);
    return place;
  }

  /** Says that both hold one object. Never closes a ring of such links. */
  link(place: Place, to: Place): void {
    const target = original(to);
    if (target !== place) place.same = target;
  }
}

function original(place: Place): Place {
  let at = place;
  while (at.same) at = at.same;
  return at;
}

function step(place: Place, key: string): Place {
  const known = place.inside?.get(key);
  if (known) return known;
  const { json } = place;
  // Own keys only: a path must not lead into a prototype. An array's `length` is own, yet no place for a value.
  if (json === null || typeof json !== "object" || !Object.hasOwn(json, key)) throw malformed();
  if (Array.isArray(json) && key === "length") throw malformed();
  const child = newPlace((json as Readonly<Record<string, unknown>>)[key]);
  place.inside ??= new Map();
  place.inside.set(key, child);
  return child;
}

function newPlace(json: unknown): Place {
  return { json, type: undefined, same: undefined, inside: undefined, made: undefined, isMade: false };
}
