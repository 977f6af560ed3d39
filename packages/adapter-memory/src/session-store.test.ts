import type { SessionCreation } from "@holdfast/core";
import { describe, expect, test } from "vitest";
import { MemoryStorage, memoryBackend } from "./index.ts";

const HOUR_MS = 3_600_000;

function creationOf(id: string, more: Partial<SessionCreation> = {}): SessionCreation {
  return {
    keys: { session: `s:${id}`, index: "index", epoch: "epoch" },
    digest: `digest of ${id}`,
    userId: "user",
    device: undefined,
    fields: new Map([["f", "text"]]),
    idleMs: HOUR_MS,
    absoluteMs: 10 * HOUR_MS,
    epoch: "0123456789abcdef",
    ...more,
  };
}

/** A storage under a clock that the test moves. */
function open() {
  const time = { nowMs: 1_000 };
  const storage = new MemoryStorage({ clock: { now: () => time.nowMs } });
  return { time, storage, sessions: memoryBackend({ storage }).sessions };
}

describe("sessions in memory", () => {
  test("end at their very millisecond, by the injected clock", async () => {
    const { time, sessions } = open();
    const session = creationOf("a");
    await sessions.create(session);
    const load = () => sessions.load({ ...session, throttleMs: 0 });
    time.nowMs += HOUR_MS - 1;
    expect(await load()).toMatchObject({ kind: "active", record: { createdAtMs: 1_000, remainingMs: HOUR_MS } });
    for (let hour = 1; hour < 10; hour += 1) {
      time.nowMs += HOUR_MS - 1;
      expect((await load()).kind).toBe("active");
    }
    time.nowMs = 1_000 + 10 * HOUR_MS - 1;
    expect(await load()).toMatchObject({ kind: "active", record: { remainingMs: 1 } });
    time.nowMs += 1;
    expect((await load()).kind).not.toBe("active");
  });

  test("keep grace to the millisecond", async () => {
    const { time, sessions } = open();
    const session = creationOf("a");
    await sessions.create(session);
    const rotation = { digest: "another digest", graceMs: 30_000 };
    await sessions.commit({ ...session, id: "commit-1", changes: [], rotation });
    time.nowMs += 29_999;
    expect(await sessions.load({ ...session, throttleMs: 0 })).toMatchObject({ kind: "active", superseded: true });
    time.nowMs += 1;
    expect(await sessions.load({ ...session, throttleMs: 0 })).toEqual({ kind: "revoked" });
  });

  test("are remembered, once ended, for what their idle time had left, a minute at least, not beyond the deadline", async () => {
    const { time, sessions } = open();
    for (const [id, times, rememberedMs] of [
      ["a", { idleMs: HOUR_MS }, HOUR_MS],
      ["b", { idleMs: 5_000 }, 60_000],
      ["c", { idleMs: 5_000, absoluteMs: 30_000 }, 30_000],
    ] as const) {
      const session = creationOf(id, times);
      await sessions.create(session);
      await sessions.remove(session.keys);
      time.nowMs += rememberedMs - 1;
      expect(await sessions.load({ ...session, throttleMs: 0 })).toEqual({ kind: "revoked" });
      time.nowMs += 1;
      expect((await sessions.load({ ...session, throttleMs: 0 })).kind).toBe("unknown");
    }
  });

  test("are dead without their user's epoch, and do not come back with the next one", async () => {
    const { storage, sessions } = open();
    const lost = creationOf("lost");
    await sessions.create(lost);
    storage.sessionEpochs.delete(lost.keys.epoch);
    for (let round = 0; round < 2; round += 1) {
      expect(await sessions.load({ ...lost, throttleMs: 0 })).toEqual({ kind: "revoked" });
      expect(await sessions.commit({ ...lost, id: "commit-1", changes: [] })).toEqual({ kind: "gone" });
      expect(await sessions.remove(lost.keys)).toBe(false);
      await sessions.create(creationOf("later", { epoch: "another epoch---" }));
    }
  });

  test("leave nothing behind: neither they nor what a user's share", async () => {
    const { time, storage, sessions } = open();
    for (let count = 0; count < 2_000; count += 1) {
      const user = `user ${count % 500}`;
      const keys = { session: `s:${count}`, index: `index of ${user}`, epoch: `epoch of ${user}` };
      await sessions.create(creationOf(String(count), { keys, idleMs: 5_000, absoluteMs: 10_000 }));
      time.nowMs += HOUR_MS;
    }
    // Users' lists are kept for a day.
    const { sessions: kept, sessionIndexes, sessionEpochs } = storage;
    for (const map of [kept, sessionIndexes, sessionEpochs]) expect(map.size).toBeLessThanOrEqual(60);
  });

  test("of one user are forgotten in its list a day after their deadlines", async () => {
    const { time, storage, sessions } = open();
    for (let count = 0; count < 100; count += 1) {
      await sessions.create(creationOf(String(count), { idleMs: HOUR_MS, absoluteMs: HOUR_MS }));
      time.nowMs += HOUR_MS;
    }
    expect(storage.sessionIndexes.get("index")?.size).toBe(25);
  });
});

test("limits evict no session", async () => {
  const { kv, sessions } = memoryBackend({ maxEntries: 2, maxBytes: 2_000 });
  const all = Array.from({ length: 20 }, (_, index) => creationOf(String(index)));
  for (const session of all) {
    await sessions.create(session);
    await kv.set(session.keys.session, "v", { ttlMs: HOUR_MS });
  }
  expect(await sessions.list(all[0]!.keys)).toHaveLength(20);
});
