import type { SessionCreation, SessionKeys } from "@holdfast/core";
import { countCommands, type RedisHandle, startRedis, startTcpProxy } from "@holdfast/test-servers";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let redis: RedisHandle;
let server: Redis;
let backend: ReturnType<typeof redisBackend>;

beforeAll(async () => {
  redis = await startRedis();
  server = new Redis(redis.url);
  backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
});
afterAll(async () => {
  await backend.close();
  server.disconnect();
  await redis.stop();
});
beforeEach(async () => void (await server.flushdb()));

const keysOf = (id: string): SessionKeys => ({ session: `hf:s:{u}:${id}`, index: "hf:s:{u}:i", epoch: "hf:s:{u}:e" });

function creationOf(id: string, more: Partial<SessionCreation> = {}): SessionCreation {
  return {
    keys: keysOf(id),
    digest: `digest of ${id}`,
    userId: "user",
    device: "phone",
    fields: new Map([["field", "text"]]),
    idleMs: MINUTE_MS,
    absoluteMs: HOUR_MS,
    epoch: "0123456789abcdef",
    ...more,
  };
}

async function created(id: string, more: Partial<SessionCreation> = {}): Promise<SessionCreation> {
  const creation = creationOf(id, more);
  expect(await backend.sessions.create(creation)).toBe(true);
  return creation;
}

const isBetween = (value: number, low: number, high: number) => value > low && value <= high;

/** Uses every method, and leaves sessions behind that are alive, rotated, removed, replaced, reused and revoked. */
async function useEverything(): Promise<void> {
  const { sessions } = backend;
  const [kept, rotated, reused] = [await created("kept"), await created("rotated"), await created("reused")];
  const [removed, replaced] = [await created("removed"), await created("replaced")];
  await created("of nobody", { userId: undefined, device: undefined });
  const commit = { changes: [], idleMs: MINUTE_MS };
  const replacing = (digest: string, graceMs: number) => ({ ...commit, rotation: { digest, graceMs } });
  await sessions.commit({ ...rotated, ...replacing("digest 2 of rotated", MINUTE_MS), id: "commit-1" });
  await sessions.commit({ ...reused, ...replacing("digest 2 of reused", 0), id: "commit-2" });
  await sessions.load({ ...reused, throttleMs: 0 });
  await sessions.load({ ...kept, idleMs: 2 * MINUTE_MS, throttleMs: 0 });
  await sessions.remove(removed.keys);
  await sessions.replace({ previous: { ...replaced, version: 1 }, next: creationOf("next") });
  await sessions.list(kept.keys);
  await sessions.revokeAll(kept.keys, "fedcba9876543210", kept.keys.session);
}

describe("at rest", () => {
  it("everything has an end, and what sessions share has it after the last of them", async () => {
    await useEverything();
    const keys = await server.keys("*");
    expect(keys.length).toBe(9);
    const ends = await Promise.all(keys.map(async (key) => [key, await server.pttl(key)] as const));
    const longest = (key: string) => HOUR_MS + 1_000 + (key.endsWith(":i") ? DAY_MS : 0);
    expect(ends.filter(([key, ttlMs]) => ttlMs <= 0 || ttlMs > longest(key))).toEqual([]);
    const now = await backend.cache.now();
    for (const key of ["hf:s:{u}:i", "hf:s:{u}:e"]) {
      const [, last] = (await server.zrange("hf:s:{u}:i", "-1", "-1", "WITHSCORES")) as [string, string];
      expect(now + (await server.pttl(key))).toBeGreaterThanOrEqual(Number(last));
    }
  });

  it("nothing is stored but what was given, and times and versions", async () => {
    await useEverything();
    const texts = new Set<string>();
    for (const key of await server.keys("*")) {
      const type = await server.type(key);
      if (type === "hash") for (const pair of Object.entries(await server.hgetall(key))) texts.add(pair.join("="));
      else if (type === "zset") for (const member of await server.zrange(key, "0", "-1")) texts.add(member);
      else texts.add(String(await server.get(key)));
    }
    const named = [...texts].map((text) => text.replace(/(?<=^[cxsg]=)\d{13}$/, "time")).toSorted();
    expect([...new Set(named)]).toEqual(
      [
        ":field=1:text",
        "c=time",
        "e=0123456789abcdef",
        "e=fedcba9876543210",
        "fedcba9876543210",
        "g=time",
        "hf:s:{u}:kept",
        "k=digest 2 of rotated",
        "k=digest of kept",
        "k=digest of next",
        "k=digest of of nobody",
        "l=commit-1",
        "n=phone",
        "p=digest of rotated",
        "r=digest of next",
        "s=time",
        "u=user",
        "v=1",
        "v=2",
        "x=time",
        "z=replaced",
        "z=revoked",
      ].toSorted(),
    );
  });

  it.each([
    ["what its idle time had left", { idleMs: 10 * MINUTE_MS }, 10 * MINUTE_MS],
    ["a minute at least", { idleMs: 5_000 }, MINUTE_MS],
    ["not beyond its deadline", { idleMs: 5_000, absoluteMs: 30_000 }, 30_000],
  ])("how a session was ended is kept for %s", async (_name, times, mostMs) => {
    const [removed, replaced] = [await created("removed", times), await created("replaced", times)];
    await backend.sessions.remove(removed.keys);
    await backend.sessions.replace({ previous: { ...replaced, version: 1 }, next: creationOf("next") });
    for (const { keys } of [removed, replaced]) {
      expect(isBetween(await server.pttl(keys.session), mostMs - 4_000, mostMs)).toBe(true);
    }
  });

  it("a user's list forgets what is a day past its deadline when a session is created", async () => {
    const { keys } = await created("long");
    const now = await backend.cache.now();
    await server.zadd(keys.index, now - DAY_MS - 1, "forgotten", now - DAY_MS + MINUTE_MS, "remembered");
    await created("next");
    expect(await server.zrange(keys.index, "0", "-1")).toEqual(["remembered", "hf:s:{u}:long", "hf:s:{u}:next"]);
  });
});

describe("a user whose epoch is missing, evicted say", () => {
  it("has no session that is alive, and none comes back with the next epoch", async () => {
    const { sessions } = backend;
    const lost = await created("lost");
    await server.del(lost.keys.epoch);
    const isDead = async () => {
      expect(await sessions.load({ ...lost, throttleMs: 0 })).toEqual({ kind: "revoked" });
      expect(await sessions.commit({ ...lost, changes: [], id: "commit-1" })).toEqual({ kind: "gone" });
      expect(await sessions.remove(lost.keys)).toBe(false);
      expect(await sessions.replace({ previous: { ...lost, version: 1 }, next: creationOf("next") })).toBe("gone");
    };
    await isDead();
    await sessions.revokeAll(lost.keys, "fedcba9876543210", lost.keys.session);
    expect(await server.exists(lost.keys.epoch)).toBe(0);
    expect(await sessions.list(lost.keys)).toEqual([]);
    const later = await created("later", { epoch: "another epoch---" });
    await isDead();
    expect((await sessions.list(lost.keys)).map(({ session }) => session)).toEqual([later.keys.session]);
  });
});

describe("a load", () => {
  it("is a handful of commands, and moves the end at most once for all that come together", async () => {
    const session = await created("a");
    const load = () => backend.sessions.load({ ...session, idleMs: 30 * MINUTE_MS, throttleMs: 20 * MINUTE_MS });
    await backend.sessions.load({ ...session, throttleMs: undefined });
    const { byName } = await countCommands(redis.url, () => Promise.all(Array.from({ length: 20 }, load)));
    expect(byName).toEqual({ evalsha: 20, hgetall: 20, get: 20, pttl: 20, time: 1, hset: 1, pexpire: 1 });
  });

  it("of a session without a user does not ask for an epoch", async () => {
    const session = await created("a", { userId: undefined });
    await backend.sessions.load({ ...session, throttleMs: 0 });
    const { byName } = await countCommands(redis.url, () =>
      backend.sessions.load({ ...session, throttleMs: undefined }),
    );
    expect(byName).toEqual({ evalsha: 1, hgetall: 1, pttl: 1 });
  });
});

describe("a reply that is lost", () => {
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(() => Promise.all(opened.splice(0).map((close) => close())));

  /** A store whose next reply to what holds the text is lost after the server has carried it out. */
  async function losing(text: string) {
    const proxy = await startTcpProxy(redis);
    const lossy = redisBackend({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeout: "5s" });
    opened.push(async () => {
      await lossy.close();
      await proxy.stop();
    });
    await lossy.ping();
    const cut = proxy.loseReplyTo(text);
    return { store: lossy.sessions, cut };
  }

  it("of a creation, a commit, a replacement or a revocation changes nothing about what the caller hears", async () => {
    const creation = creationOf("lost");
    const creating = await losing(creation.keys.session);
    expect(await creating.store.create(creation)).toBe(true);
    await creating.cut;

    const committing = await losing("commit-1");
    const changes = [{ kind: "increment", field: "n", by: 5 } as const];
    const rotation = { digest: "another digest", graceMs: 0 };
    expect(await committing.store.commit({ ...creation, changes, rotation, id: "commit-1" })).toEqual({
      kind: "committed",
      version: 2,
      numbers: [5],
    });
    await committing.cut;

    const replacing = await losing("digest of next");
    const previous = { keys: creation.keys, digest: rotation.digest, version: 2 };
    expect(await replacing.store.replace({ previous, next: creationOf("next") })).toBe("replaced");
    await replacing.cut;

    const revoking = await losing("fedcba9876543210");
    await revoking.store.revokeAll(creation.keys, "fedcba9876543210", keysOf("next").session);
    await revoking.cut;
    expect((await backend.sessions.list(creation.keys)).map(({ session }) => session)).toEqual([
      keysOf("next").session,
    ]);
  });
});
