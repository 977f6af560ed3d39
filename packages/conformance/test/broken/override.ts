import type { Backend, CacheStore, KeyValueStore, MessageBus, SessionStore } from "@holdfast/core";

/** A way to break a backend, and the section whose tests must notice. */
export interface Defect {
  readonly name: string;
  readonly section: string;
  readonly breakIt: (backend: Backend) => Backend;
}

type Methods<Target> = Partial<Target>;

/** The target with some methods replaced; the others still run on the target itself. */
export function override<Target extends object>(target: Target, methods: Methods<Target>): Target {
  return new Proxy(target, {
    get(original, name) {
      const replaced: unknown = Reflect.get(methods, name);
      if (replaced !== undefined) return replaced;
      const value: unknown = Reflect.get(original, name, original);
      return typeof value === "function" ? value.bind(original) : value;
    },
  });
}

export function kvDefect(section: string, name: string, change: (kv: KeyValueStore) => Methods<KeyValueStore>): Defect {
  return { name, section, breakIt: (backend) => ({ ...backend, kv: override(backend.kv, change(backend.kv)) }) };
}

export function cacheDefect(section: string, name: string, change: (cache: CacheStore) => Methods<CacheStore>): Defect {
  return {
    name,
    section,
    breakIt: (backend) => ({ ...backend, cache: override(backend.cache, change(backend.cache)) }),
  };
}

export function sessionDefect(
  section: string,
  name: string,
  change: (sessions: SessionStore) => Methods<SessionStore>,
): Defect {
  return {
    name,
    section,
    breakIt: (backend) => ({ ...backend, sessions: override(backend.sessions, change(backend.sessions)) }),
  };
}

export function busDefect(name: string, change: (bus: MessageBus) => Methods<MessageBus>): Defect {
  return {
    name,
    section: "bus",
    breakIt: (backend) => {
      if (!backend.bus) throw new Error("The memory backend has a bus.");
      return { ...backend, bus: override(backend.bus, change(backend.bus)) };
    },
  };
}

/** Lets others go first, as a second trip would. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
