import { ERROR_CLASSES, errorClassName, type Kind, kindOf, tagOf } from "./kinds.ts";
import { MAX_DEPTH } from "./limits.ts";
import { escapeSegment } from "./paths.ts";
import { refuse, refuseValue } from "./refuse.ts";
import { dateText, isPlainNumber, numberText } from "./scalars.ts";
import { elements } from "./typed-arrays.ts";

/** What kind of value a place holds: `["map"]`, or with the places inside it, `["map", { "0.1": ["Date"] }]`. */
type Annotation = readonly [type: Type, inside?: Annotations];
type Type = string | readonly ["typed-array", string];
interface Annotations {
  [path: string]: Annotation;
}

/** superjson's own account of a value; `meta` is missing when JSON alone keeps all of it. */
export interface Wrapped {
  readonly json: unknown;
  readonly meta?: {
    values?: Annotation | Annotations;
    referentialEqualities?: readonly unknown[] | Readonly<Record<string, readonly string[]>>;
    v: 1;
  };
}

/**
 * Writes any storable value in superjson's format, as superjson does with `dedupe: true`: repeated references
 * and cycles hold `null` in `json` and are named in `meta`, so that the text is never longer than the value.
 *
 * @throws {SerializationError} Something in the value cannot be kept; its `path` says what.
 * @see https://github.com/flightcontrolhq/superjson
 */
export function writeWrapped(value: unknown): Wrapped {
  return new Writer().write(value);
}

/** The annotations of one kept container; paths in it are relative to that container. */
interface Scope {
  readonly annotations: Annotations;
  readonly start: number;
}

interface FirstVisit {
  readonly path: string;
  repeats: string[] | undefined;
}

/** Superjson's form has no room for properties that were added to these. */
const HOLDS_NO_KEYS: ReadonlySet<Kind> = new Set(["Date", "Map", "Set", "RegExp", "URL"]);

class Writer {
  readonly #trail: (string | number)[] = [];
  readonly #visits = new Map<object, FirstVisit>();
  #root: Annotation | undefined;

  write(value: unknown): Wrapped {
    const annotations: Annotations = Object.create(null);
    const json = this.#value(value, "", { annotations, start: 0 });
    const values = this.#root ?? (isEmpty(annotations) ? undefined : annotations);
    const referentialEqualities = this.#equalities();
    if (!values && !referentialEqualities) return { json };
    return {
      json,
      meta: { ...(values && { values }), ...(referentialEqualities && { referentialEqualities }), v: 1 },
    };
  }

  #value(value: unknown, path: string, scope: Scope): unknown {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        if (isPlainNumber(value)) return value;
        return this.#annotate(["number"], path, scope, numberText(value));
      case "bigint":
        return this.#annotate(["bigint"], path, scope, String(value));
      case "undefined":
        return this.#annotate(["undefined"], path, scope, null);
      case "object":
        return value === null ? null : this.#object(value, path, scope);
      case "function":
      case "symbol":
        break;
    }
    throw refuseValue(value, this.#trail);
  }

  #object(value: object, path: string, scope: Scope): unknown {
    const visit = this.#visits.get(value);
    if (visit) {
      visit.repeats ??= [];
      visit.repeats.push(path);
      return null;
    }
    if (this.#trail.length >= MAX_DEPTH) {
      throw refuse(`Nesting deeper than ${MAX_DEPTH} levels`, this.#trail.slice(0, 8), "Store a flatter value.");
    }
    this.#visits.set(value, { path, repeats: undefined });
    this.#refuseSymbolKeys(value);
    const kind = kindOf(value);
    if (kind === undefined) throw refuseValue(value, this.#trail);
    if (HOLDS_NO_KEYS.has(kind)) this.#refuseKeys(value, kind);
    switch (kind) {
      case "array":
        return this.#array(value as readonly unknown[], path, scope);
      case "object":
        return this.#members(value, Object.keys(value), path, scope);
      case "Date":
        return this.#annotate(["Date"], path, scope, dateText(value as Date));
      case "Map":
        return this.#map(value as ReadonlyMap<unknown, unknown>, path, scope);
      case "Set":
        return this.#set(value as ReadonlySet<unknown>, path, scope);
      case "RegExp":
        return this.#annotate(["regexp"], path, scope, this.#regexpText(value as RegExp));
      case "URL":
        return this.#annotate(["URL"], path, scope, (value as URL).href);
      case "Error":
        return this.#error(value as Error, path, scope);
      case "typed-array":
        return this.#annotate([["typed-array", tagOf(value)]], path, scope, elements(value as Float64Array));
      default:
        return kind satisfies never;
    }
  }

  #array(array: readonly unknown[], path: string, scope: Scope): unknown[] {
    const json: unknown[] = [];
    for (let index = 0; index < array.length; index++) {
      const item = array[index];
      if (item === undefined && !(index in array)) {
        throw refuse("A hole in an array", [...this.#trail, index], "Fill it with null or undefined.");
      }
      json.push(this.#child(item, index, index, path, scope));
    }
    return json;
  }

  #members(object: object, keys: readonly string[], path: string, scope: Scope): Record<string, unknown> {
    if (Object.hasOwn(object, "toJSON") && typeof (object as { toJSON?: unknown }).toJSON === "function") {
      throw refuseValue((object as { toJSON?: unknown }).toJSON, [...this.#trail, "toJSON"]);
    }
    // Without a prototype, so that a key named __proto__ is a key like any other.
    const json: Record<string, unknown> = Object.create(null);
    for (const key of keys) {
      json[key] = this.#child((object as Readonly<Record<string, unknown>>)[key], key, key, path, scope);
    }
    return json;
  }

  #error(error: Error, path: string, scope: Scope): unknown {
    const { name, message } = error;
    if (typeof name !== "string" || typeof message !== "string") {
      throw refuse("An error whose name or message is not a string", this.#trail, "Make them strings.");
    }
    const className = errorClassName(error);
    if (name !== className && (className !== "Error" || ERROR_CLASSES.has(name) || name === "AggregateError")) {
      throw refuse(`A renamed ${className}`, this.#trail, "Only a plain Error can have a name of its own choice.");
    }
    const keys = ["name", "message"];
    if (Object.hasOwn(error, "cause")) keys.push("cause");
    if (className === "AggregateError") keys.push("errors");
    for (const key of Object.keys(error)) if (key !== "stack" && !keys.includes(key)) keys.push(key);
    const inside = enter(path, this.#trail.length);
    const json = this.#members(error, keys, path, inside);
    return this.#annotate(withInside("Error", inside), path, scope, json);
  }

  #map(map: ReadonlyMap<unknown, unknown>, path: string, scope: Scope): unknown {
    const inside = enter(path, this.#trail.length);
    const json: unknown[] = [];
    for (const [key, value] of map) {
      const index = json.length;
      const entryPath = this.#join(path, String(index));
      this.#trail.push(index);
      json.push([this.#child(key, 0, "key", entryPath, inside), this.#child(value, 1, "value", entryPath, inside)]);
      this.#trail.pop();
    }
    return this.#annotate(withInside("map", inside), path, scope, json);
  }

  #set(set: ReadonlySet<unknown>, path: string, scope: Scope): unknown {
    const inside = enter(path, this.#trail.length);
    const json: unknown[] = [];
    for (const item of set) json.push(this.#child(item, json.length, json.length, path, inside));
    return this.#annotate(withInside("set", inside), path, scope, json);
  }

  #regexpText(regexp: RegExp): string {
    if (regexp.lastIndex !== 0) {
      throw refuse("A regular expression amid a search", this.#trail, "Set its lastIndex to 0 first.");
    }
    return `/${regexp.source}/${regexp.flags}`;
  }

  #child(value: unknown, key: string | number, step: string | number, path: string, scope: Scope): unknown {
    const childPath = this.#join(path, String(key));
    this.#trail.push(step);
    const json = this.#value(value, childPath, scope);
    this.#trail.pop();
    return json;
  }

  #join(path: string, key: string): string {
    return this.#trail.length === 0 ? escapeSegment(key) : `${path}.${escapeSegment(key)}`;
  }

  #annotate(annotation: Annotation, path: string, scope: Scope, json: unknown): unknown {
    if (this.#trail.length === 0) this.#root = annotation;
    else scope.annotations[path.slice(scope.start)] = annotation;
    return json;
  }

  #refuseSymbolKeys(value: object): void {
    for (const key of Object.getOwnPropertySymbols(value)) {
      if (!Object.prototype.propertyIsEnumerable.call(value, key)) continue;
      throw refuse("A property whose key is a symbol", this.#trail, "Use a string as the key, or leave it out.");
    }
  }

  #refuseKeys(value: object, kind: string): void {
    const [key] = Object.keys(value);
    if (key === undefined) return;
    throw refuse(`A property added to a ${kind}`, [...this.#trail, key], "Keep it beside, in a plain object.");
  }

  #equalities(): readonly unknown[] | Readonly<Record<string, readonly string[]>> | undefined {
    const equalities: Record<string, readonly string[]> = Object.create(null);
    let ofRoot: readonly string[] | undefined;
    let isFirst = true;
    for (const { path, repeats } of this.#visits.values()) {
      // The root is visited first; its path, "", is also that of a member whose key is empty.
      if (repeats && isFirst) ofRoot = repeats;
      else if (repeats) equalities[path] = repeats;
      isFirst = false;
    }
    if (ofRoot) return isEmpty(equalities) ? [ofRoot] : [ofRoot, equalities];
    return isEmpty(equalities) ? undefined : equalities;
  }
}

function enter(path: string, depth: number): Scope {
  return { annotations: Object.create(null), start: depth === 0 ? 0 : path.length + 1 };
}

function withInside(type: string, { annotations }: Scope): Annotation {
  return isEmpty(annotations) ? [type] : [type, annotations];
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}
