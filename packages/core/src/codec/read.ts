import { fill, make } from "./make.ts";
import { malformed } from "./malformed.ts";
import { type Place, Places } from "./places.ts";
import type { SuperjsonText } from "./shape.ts";

/**
 * Reads superjson's format, as written by Holdfast or by superjson itself (versions 0 and 1). The parsed
 * text is used up: its objects become part of the result.
 *
 * @throws {RangeError} The stack is too small for how deeply the annotated places are nested.
 * @throws {SerializationError} The annotations are malformed, or name a class that Holdfast does not know.
 */
export function readWrapped({ json, meta }: SuperjsonText): unknown {
  const places = new Places(json, (meta.v ?? 0) < 1);
  if (meta.values) annotate(places, places.root, meta.values);
  if (meta.referentialEqualities) equate(places, meta.referentialEqualities);
  return revive(places.root);
}

/** `[type]`, `[type, inside]`, or an object of such by path. */
function annotate(places: Places, at: Place, tree: unknown): void {
  if (!Array.isArray(tree)) {
    annotateInside(places, at, tree);
    return;
  }
  const [type, inside] = tree as readonly unknown[];
  if (typeof type !== "string" && !Array.isArray(type)) throw malformed();
  if (inside !== undefined) annotateInside(places, at, inside);
  at.type = type;
}

function annotateInside(places: Places, at: Place, inside: unknown): void {
  for (const [path, tree] of Object.entries(asRecord(inside))) annotate(places, places.find(at, path), tree);
}

/** `{ path: [paths of the same object] }`, or `[paths of the root, that]`. */
function equate(places: Places, equalities: unknown): void {
  const [ofRoot, others] = Array.isArray(equalities) ? (equalities as readonly unknown[]) : [[], equalities];
  for (const path of asPaths(ofRoot)) places.link(places.find(places.root, path), places.root);
  for (const [path, same] of Object.entries(asRecord(others ?? {}))) {
    const original = places.find(places.root, path);
    for (const other of asPaths(same)) places.link(places.find(places.root, other), original);
  }
}

/** Makes the object before what is inside it, so that a cycle finds it, and in place where JSON already made it. */
function revive(place: Place): unknown {
  if (place.isMade) return place.made;
  if (place.same) return revive(place.same);
  place.made = place.type === undefined ? place.json : make(place.type, place.json);
  place.isMade = true;
  if (place.inside) {
    const json = place.json as Record<string, unknown>;
    for (const [key, child] of place.inside) json[key] = revive(child);
  }
  if (place.type !== undefined) fill(place.made, place.json);
  return place.made;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw malformed();
  return value as Readonly<Record<string, unknown>>;
}

function asPaths(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((path) => typeof path === "string")) throw malformed();
  return value;
}
