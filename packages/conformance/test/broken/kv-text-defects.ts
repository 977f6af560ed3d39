import { type Defect, kvDefect, pause } from "./override.ts";

const text = "kv text";
const ttl = "kv ttl";

export const KV_TEXT_DEFECTS: readonly Defect[] = [
  kvDefect(text, "a missing key reads as empty", (kv) => ({
    get: async (...args) => (await kv.get(...args)) ?? "",
  })),
  kvDefect(text, "an empty text reads as missing", (kv) => ({
    get: async (...args) => (await kv.get(...args)) || undefined,
  })),
  kvDefect(text, "numeric text becomes a number's", (kv) => ({
    get: async (...args) => {
      const held = await kv.get(...args);
      return held && !Number.isNaN(Number(held)) ? String(Number(held)) : held;
    },
  })),
  kvDefect(text, "text ends at NUL", (kv) => ({
    set: (key, value, options) => kv.set(key, value.split("\u0000")[0] ?? "", options),
  })),
  kvDefect(text, "text is normalised", (kv) => ({
    set: (key, value, options) => kv.set(key, value.normalize(), options),
  })),
  kvDefect(text, "a leading byte order mark is dropped", (kv) => ({
    get: async (...args) => (await kv.get(...args))?.replace(/^\uFEFF/, ""),
  })),
  kvDefect(text, "only setMany changes text", (kv) => ({
    setMany: (entries, ...rest) =>
      kv.setMany(
        entries.map(({ key, value }) => ({ key, value: value.trimEnd() })),
        ...rest,
      ),
  })),
  kvDefect(text, "keys are compared without case", (kv) => ({
    get: (key, options) => kv.get(key.toLowerCase(), options),
    getMany: (keys, options) =>
      kv.getMany(
        keys.map((key) => key.toLowerCase()),
        options,
      ),
    set: (key, ...rest) => kv.set(key.toLowerCase(), ...rest),
    setMany: (entries, ...rest) =>
      kv.setMany(
        entries.map((entry) => ({ ...entry, key: entry.key.toLowerCase() })),
        ...rest,
      ),
  })),
  kvDefect(text, "large values are cut", (kv) => ({
    set: (key, value, options) => kv.set(key, value.slice(0, 500_000), options),
  })),
  kvDefect(text, "getMany gives values in the order of the keys' names", (kv) => ({
    getMany: (keys, options) => kv.getMany(keys.toSorted(), options),
  })),
  kvDefect(text, "getMany leaves missing keys out", (kv) => ({
    getMany: async (...args) => (await kv.getMany(...args)).filter((value) => value !== undefined),
  })),
  kvDefect(text, "getMany reads duplicates once", (kv) => ({
    getMany: (keys, options) => kv.getMany([...new Set(keys)], options),
  })),
  kvDefect(text, "getMany fails at a hash", (kv) => ({
    getMany: (keys, options) => Promise.all(keys.map((key) => kv.get(key, options))),
  })),
  kvDefect(text, "getMany reads the first hundred", (kv) => ({
    getMany: (keys, options) => kv.getMany(keys.slice(0, 100), options),
  })),
  kvDefect(text, "set ignores its condition", (kv) => ({
    set: (key, value, { ttlMs }) => kv.set(key, value, { ttlMs }),
  })),
  kvDefect(text, 'set takes "present" for "absent"', (kv) => ({
    set: (key, value, options) =>
      kv.set(key, value, options.condition === "present" ? { ...options, condition: "absent" } : options),
  })),
  kvDefect(text, "set always says that it wrote", (kv) => ({
    set: async (...args) => (await kv.set(...args)) || true,
  })),
  kvDefect(text, "a conditional set is two steps", (kv) => ({
    set: async (key, value, options) => {
      if (options.condition === "absent" && (await kv.has(key))) return false;
      await pause();
      return kv.set(key, value, { ttlMs: options.ttlMs });
    },
  })),
  kvDefect(text, "set refuses to replace a hash", (kv) => ({
    set: async (key, value, options) => {
      await kv.get(key);
      return kv.set(key, value, options);
    },
  })),
  kvDefect(text, "setMany writes the last entry first", (kv) => ({
    setMany: (entries, ...rest) => kv.setMany(entries.toReversed(), ...rest),
  })),
  kvDefect(text, "setMany ignores the TTL", (kv) => ({
    setMany: (entries, _ttlMs, options) => kv.setMany(entries, "forever", options),
  })),
  kvDefect(text, "delete counts what it was asked for", (kv) => ({
    delete: async (keys, options) => {
      await kv.delete(keys, options);
      return keys.length;
    },
  })),
  kvDefect(text, "delete removes only the first", (kv) => ({
    delete: (keys, options) => kv.delete(keys.slice(0, 1), options),
  })),
  kvDefect(text, "compareAndSet always writes", (kv) => ({
    compareAndSet: (key, _expected, next, ttlMs) => kv.set(key, next, { ttlMs }),
  })),
  kvDefect(text, "compareAndSet writes and says that it did not", (kv) => ({
    compareAndSet: async (key, expected, next, ttlMs) => {
      const done = await kv.compareAndSet(key, expected, next, ttlMs);
      if (!done && expected !== undefined) await kv.touch(key, ttlMs);
      return done;
    },
  })),
  kvDefect(text, "compareAndSet takes missing for empty", (kv) => ({
    compareAndSet: async (key, expected, next, ttlMs) =>
      (await kv.compareAndSet(key, expected, next, ttlMs)) ||
      (expected === "" && kv.compareAndSet(key, undefined, next, ttlMs)),
  })),
  kvDefect(text, "compareAndSet is two steps", (kv) => ({
    compareAndSet: async (key, expected, next, ttlMs) => {
      if ((await kv.get(key)) !== expected) return false;
      await pause();
      return kv.set(key, next, { ttlMs });
    },
  })),
  kvDefect(text, "a hash reads as missing text", (kv) => ({
    get: (...args) => kv.get(...args).catch(() => undefined),
  })),
  kvDefect(ttl, "set ignores the TTL", (kv) => ({
    set: (key, value, options) => kv.set(key, value, { ...options, ttlMs: "forever" }),
  })),
  kvDefect(ttl, "set for ever keeps the TTL that was there", (kv) => ({
    set: async (key, value, options) => {
      const left = await kv.ttl(key);
      return kv.set(key, value, options.ttlMs === "forever" && left ? { ...options, ttlMs: left } : options);
    },
  })),
  kvDefect(ttl, "set takes milliseconds for seconds", (kv) => ({
    set: (key, value, options) =>
      kv.set(key, value, options.ttlMs === "forever" ? options : { ...options, ttlMs: options.ttlMs * 1_000 }),
  })),
  kvDefect(ttl, "compareAndSet keeps the TTL that was there", (kv) => ({
    compareAndSet: async (key, expected, next, ttlMs) =>
      kv.compareAndSet(key, expected, next, (await kv.ttl(key)) ?? ttlMs),
  })),
  kvDefect(ttl, "ttl tells seconds", (kv) => ({
    ttl: async (...args) => {
      const left = await kv.ttl(...args);
      return typeof left === "number" ? Math.ceil(left / 1_000) : left;
    },
  })),
  kvDefect(ttl, "ttl of a missing key is for ever", (kv) => ({
    ttl: async (...args) => (await kv.ttl(...args)) ?? "forever",
  })),
  kvDefect(ttl, "touch creates what is missing", (kv) => ({
    touch: async (key, ttlMs) => (await kv.touch(key, ttlMs)) || kv.set(key, "", { ttlMs }),
  })),
  kvDefect(ttl, "touch does nothing", (kv) => ({ touch: (key) => kv.has(key) })),
  kvDefect(ttl, "touch for ever says false where there was no TTL", (kv) => ({
    touch: async (key, ttlMs) => {
      const before = await kv.ttl(key);
      const touched = await kv.touch(key, ttlMs);
      return touched && !(ttlMs === "forever" && before === "forever");
    },
  })),
  kvDefect(ttl, "hashSet keeps the hash's TTL", (kv) => ({
    hashSet: async (key, fields, ttlMs) => kv.hashSet(key, fields, (await kv.ttl(key)) ?? ttlMs),
  })),
];
