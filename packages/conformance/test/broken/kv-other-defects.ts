import { WrongTypeError } from "@holdfast/core";
import { type Defect, kvDefect, pause } from "./override.ts";

const counters = "kv counters";
const hashes = "kv hashes";
const scan = "kv scan";

export const KV_OTHER_DEFECTS: readonly Defect[] = [
  kvDefect(counters, "increment creates without a TTL", (kv) => ({
    increment: (key, by) => kv.increment(key, by, "forever"),
  })),
  kvDefect(counters, "increment sets the TTL each time", (kv) => ({
    increment: async (key, by, ttlMs) => {
      const count = await kv.increment(key, by, ttlMs);
      await kv.touch(key, ttlMs);
      return count;
    },
  })),
  kvDefect(counters, "increment is two steps", (kv) => ({
    increment: async (key, by, ttlMs) => {
      const count = Number((await kv.get(key)) ?? 0) + by;
      await pause();
      await kv.set(key, String(count), { ttlMs });
      return count;
    },
  })),
  kvDefect(counters, "increment counts beyond what is exact", (kv) => ({
    increment: (key, by, ttlMs) =>
      kv.increment(key, by, ttlMs).catch(async (error: { code?: string }) => {
        if (error.code !== "VALIDATION") throw error;
        const sum = BigInt((await kv.get(key)) ?? 0) + BigInt(by);
        await kv.set(key, String(sum), { ttlMs });
        return Number(sum);
      }),
  })),
  kvDefect(counters, "increment fails after it has counted", (kv) => ({
    increment: (key, by, ttlMs) =>
      kv.increment(key, by, ttlMs).catch(async (error: { code?: string }) => {
        if (error.code === "VALIDATION") {
          await kv.set(key, String(BigInt((await kv.get(key)) ?? 0) + BigInt(by)), { ttlMs: "forever" });
        }
        throw error;
      }),
  })),
  kvDefect(counters, "increment takes every text that JavaScript takes for a number", (kv) => ({
    increment: async (key, by, ttlMs) => {
      const held = await kv.get(key);
      if (held !== undefined && Number.isSafeInteger(Number(held))) await kv.set(key, String(Number(held)), { ttlMs });
      return kv.increment(key, by, ttlMs);
    },
  })),
  kvDefect(counters, "increment starts anew over other text", (kv) => ({
    increment: async (key, by, ttlMs) => {
      if (Number.isNaN(Number(await kv.get(key)))) await kv.delete([key]);
      return kv.increment(key, by, ttlMs);
    },
  })),
  kvDefect(counters, "increment checks the range in floating point", (kv) => ({
    increment: async (key, by, ttlMs) => {
      const sum = Number((await kv.get(key)) ?? 0) + by;
      if (!Number.isSafeInteger(sum)) return kv.increment(key, by, ttlMs);
      await kv.set(key, String(sum), { ttlMs: (await kv.ttl(key)) ?? ttlMs });
      return sum;
    },
  })),
  kvDefect(counters, "hashIncrement sets the TTL each time", (kv) => ({
    hashIncrement: async (key, field, by, ttlMs) => {
      const count = await kv.hashIncrement(key, field, by, ttlMs);
      await kv.touch(key, ttlMs);
      return count;
    },
  })),
  kvDefect(counters, "hashIncrement is two steps", (kv) => ({
    hashIncrement: async (key, field, by, ttlMs) => {
      const count = Number((await kv.hashGet(key, field)) ?? 0) + by;
      await pause();
      await kv.hashSet(key, [[field, String(count)]], ttlMs);
      return count;
    },
  })),
  kvDefect(hashes, "fields go through an object", (kv) => ({
    hashSet: (key, fields, ttlMs) => {
      const record: Record<string, string> = {};
      for (const [field, value] of fields) record[field] = value;
      return kv.hashSet(key, Object.entries(record), ttlMs);
    },
  })),
  kvDefect(hashes, "fields are read from an object", (kv) => ({
    hashGet: async (key, field) => Object.fromEntries(await kv.hashGetAll(key))[field],
  })),
  kvDefect(hashes, "an empty field name is dropped", (kv) => ({
    hashSet: (key, fields, ttlMs) =>
      kv.hashSet(
        key,
        fields.filter(([field]) => field !== ""),
        ttlMs,
      ),
  })),
  kvDefect(hashes, "hashSet replaces the whole hash", (kv) => ({
    hashSet: async (key, fields, ttlMs) => {
      await kv.delete([key]);
      await kv.hashSet(key, fields, ttlMs);
    },
  })),
  kvDefect(hashes, "hashSet writes back what it read", (kv) => ({
    hashSet: async (key, fields, ttlMs) => {
      const before = await kv.hashGetAll(key);
      await pause();
      await kv.hashSet(key, [...before, ...fields], ttlMs);
      await kv.hashDelete(
        key,
        (await kv.hashGetAll(key))
          .map(([field]) => field)
          .filter((field) => ![...before, ...fields].some(([kept]) => kept === field)),
      );
    },
  })),
  kvDefect(hashes, "hashDelete counts what it was asked for", (kv) => ({
    hashDelete: async (key, fields) => {
      await kv.hashDelete(key, fields);
      return fields.length;
    },
  })),
  kvDefect(hashes, "an empty hash stays", (kv) => ({
    hashDelete: async (key, fields) => {
      const removed = await kv.hashDelete(key, fields);
      if (removed > 0 && !(await kv.has(key))) await kv.set(key, "", { ttlMs: "forever" });
      return removed;
    },
  })),
  kvDefect(hashes, "a missing hash is an error", (kv) => ({
    hashGetAll: async (key) => {
      if (!(await kv.has(key))) throw new WrongTypeError("no hash");
      return kv.hashGetAll(key);
    },
  })),
  kvDefect(hashes, "hash operations overwrite text", (kv) => ({
    hashSet: async (key, fields, ttlMs) => {
      await kv.hashGetAll(key).catch(() => kv.delete([key]));
      await kv.hashSet(key, fields, ttlMs);
    },
  })),
  kvDefect(scan, "scan ignores the prefix", (kv) => ({ scan: (_prefix, ...rest) => kv.scan("", ...rest) })),
  kvDefect(scan, "scan yields what contains the prefix's last letter", (kv) => ({
    scan: (prefix, ...rest) => kv.scan(prefix.slice(0, -1), ...rest),
  })),
  kvDefect(scan, "an aborted scan goes on", (kv) => ({ scan: (prefix, pageSize) => kv.scan(prefix, pageSize) })),
  kvDefect(scan, "an aborted scan ends as if that were all", (kv) => ({
    scan: async function* (prefix, pageSize, options) {
      for await (const page of kv.scan(prefix, pageSize)) {
        if (options?.signal?.aborted) return;
        yield page;
      }
    },
  })),
  kvDefect(scan, "scan yields one page", (kv) => ({
    scan: async function* (prefix, pageSize) {
      for await (const page of kv.scan(prefix, pageSize)) {
        yield page;
        return;
      }
    },
  })),
  kvDefect(scan, "scan leaves hashes out", (kv) => ({
    scan: async function* (prefix, pageSize) {
      for await (const page of kv.scan(prefix, pageSize))
        yield (await kv.getMany(page)).flatMap((value, index) =>
          value === undefined ? [] : page.slice(index, index + 1),
        );
    },
  })),
  kvDefect(scan, "scan is shifted by what is deleted meanwhile", (kv) => ({
    scan: async function* (prefix, pageSize) {
      for (let start = 0; ; start += pageSize) {
        const keys: string[] = [];
        for await (const page of kv.scan(prefix, 1_000)) keys.push(...page);
        const page = keys.slice(start, start + pageSize);
        if (page.length === 0) return;
        yield page;
      }
    },
  })),
  kvDefect(scan, "scan goes on as long as keys are written", (kv) => ({
    scan: async function* (prefix, pageSize) {
      const seen = new Set<string>();
      for (;;) {
        const before = seen.size;
        for await (const page of kv.scan(prefix, pageSize)) {
          const fresh = page.filter((key) => !seen.has(key));
          for (const key of fresh) seen.add(key);
          yield fresh;
        }
        if (seen.size === before) return;
      }
    },
  })),
];
