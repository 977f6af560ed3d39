import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { upstashBackend } from "@holdfast/adapter-upstash";
import { type Backend, SessionConflictError } from "@holdfast/core";
import {
  type ClusterHandle,
  type GatewayHandle,
  type RedisHandle,
  startCluster,
  startGateway,
  startRedis,
} from "@holdfast/test-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSessions, type Session, type Sessions } from "../src/index.ts";
import { Browser, type Data } from "./set-up.ts";

let redis: RedisHandle;
let cluster: ClusterHandle;
let gateway: GatewayHandle;

beforeAll(async () => {
  [redis, cluster] = await Promise.all([startRedis(), startCluster({ replicas: 0 })]);
  gateway = await startGateway({ redis: redis.url });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([redis.stop(), cluster.stop()]);
});

const storage = new MemoryStorage();
const BACKENDS: Readonly<Record<string, () => Backend>> = {
  memory: () => memoryBackend({ storage }),
  Redis: () => redisBackend({ url: redis.url, commandTimeout: "10s" }),
  "Redis Cluster": () =>
    redisBackend({
      cluster: { nodes: cluster.nodes.map(({ host, port }) => ({ host, port })) },
      commandTimeout: "10s",
    }),
  HTTP: () => upstashBackend({ url: gateway.url, token: gateway.token, commandTimeout: "10s" }),
};

let serial = 0;

describe.each(Object.entries(BACKENDS))("two processes on %s", (_name, open) => {
  let backends: readonly Backend[];
  let processes: readonly [Sessions<Data>, Sessions<Data>];

  beforeAll(() => {
    backends = [open(), open()];
  });
  afterAll(() => Promise.all(backends.map((backend) => backend.close())));
  beforeEach(() => {
    serial += 1;
    const [one, other] = backends.map((backend) =>
      createSessions<Data>({ backend, namespace: `races ${serial}`, idleTimeout: "1m" }),
    );
    processes = [one!, other!];
  });

  /** One browser whose requests reach either process. */
  async function signedIn(userId = "ada"): Promise<[Browser, Browser]> {
    const [one, other] = [new Browser(processes[0]), new Browser(processes[1])];
    await one.visit((session) => {
      session.signIn(userId, { device: "Laptop" });
      session.set("theme", "dark");
    });
    for (const [name, value] of one.cookies) other.cookies.set(name, value);
    return [one, other];
  }

  it("load here, sign out there, save here: it does not come back", async () => {
    const [here, there] = await signedIn();
    const late = await here.load();
    const leaving = here.clone();
    await there.visit((session) => session.signOut());
    late.set("theme", "late");
    late.increment("visits");
    late.rotate();
    expect((await here.commit(late)).headers.getSetCookie()).toEqual([]);
    expect(late.status).toBe("revoked");
    expect((await leaving.load()).status).toBe("revoked");
    expect(await processes[0].list("ada")).toEqual([]);
  });

  it("a save and a sign-out at the same time, in any order, end signed out", async () => {
    for (let round = 0; round < 10; round += 1) {
      const [here, there] = await signedIn();
      const witness = here.clone();
      const [late, leaving] = [await here.load(), await there.load()];
      late.set("theme", "late");
      leaving.signOut();
      await Promise.all([here.commit(late), there.commit(leaving)]);
      expect((await witness.load()).status).toBe("revoked");
    }
  });

  it("two writers of different fields both keep theirs, and counters add up", async () => {
    const [here, there] = await signedIn();
    const [one, other] = [await here.load(), await there.load()];
    one.set("draft", "text");
    one.increment("visits", 2);
    other.set("cart", ["book"]);
    other.increment("visits", 3);
    await Promise.all([here.commit(one), there.commit(other)]);
    expect({ ...(await here.load()).all() }).toEqual({ theme: "dark", draft: "text", cart: ["book"], visits: 5 });
  });

  it("of two writers of the same field one is told", async () => {
    const [here, there] = await signedIn();
    const [one, other] = [await here.load(), await there.load()];
    one.set("theme", "light");
    other.set("theme", "blue");
    other.set("draft", "text");
    const outcomes = await Promise.allSettled([here.commit(one), there.commit(other)]);
    const failures = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(failures.map(({ reason }) => reason)).toEqual([expect.any(SessionConflictError)]);
    const winner = outcomes[0]!.status === "fulfilled";
    expect({ ...(await here.load()).all() }).toEqual(winner ? { theme: "light" } : { theme: "blue", draft: "text" });
  });

  it("a write and a rotation at the same time: the write is kept or refused as a whole, and one token is left", async () => {
    for (let round = 0; round < 10; round += 1) {
      const [here, there] = await signedIn();
      const [late, rotating] = [await here.load(), await there.load()];
      late.set("draft", "text");
      late.increment("visits");
      rotating.rotate();
      await Promise.all([here.commit(late), there.commit(rotating)]);
      const now = await there.load();
      expect([undefined, "text"]).toContain(now.get("draft"));
      expect(now.get("visits")).toBe(now.get("draft") === undefined ? undefined : 1);
      expect(here.token).not.toBe(there.token);
      const old = await here.load();
      old.set("theme", "late");
      await here.commit(old);
      expect((await there.load()).get("theme")).toBe("dark");
    }
  });

  it("uses that move the end, and a sign-out: it does not come back", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [here, there] = await signedIn();
      const leaving = await there.load();
      leaving.signOut();
      const uses = Array.from({ length: 10 }, () => here.load());
      await Promise.all([...uses, there.commit(leaving)]);
      expect((await here.load()).status).toBe("revoked");
    }
  });

  it("sign-ins at the same time are all listed, and none of those before it survives signing out everywhere", async () => {
    const browsers = Array.from({ length: 12 }, (_, index) => new Browser(processes[index % 2]!));
    const signIn = (browser: Browser) => browser.visit((session) => session.signIn("ada"));
    await Promise.all(browsers.slice(0, 6).map(signIn));
    expect((await processes[0].list("ada")).length).toBe(6);
    // What is about to be saved, what is being signed in, and the end of all, at once.
    const saving = await Promise.all(browsers.slice(0, 6).map((browser) => browser.load()));
    for (const session of saving) {
      session.set("theme", "late");
      session.rotate();
    }
    const order: string[] = [];
    await Promise.all([
      ...saving.map((session, index) => browsers[index]!.commit(session)),
      processes[1].revokeAll("ada").then(() => order.push("revoked")),
      ...browsers.slice(6).map(signIn),
    ]);
    for (const browser of browsers.slice(0, 6)) expect((await browser.load()).status).toBe("revoked");
    const alive = await Promise.all(browsers.slice(6).map(async (browser) => (await browser.load()).status));
    const listed = await processes[0].list("ada");
    expect(listed.length).toBe(alive.filter((status) => status === "active").length);
    await processes[0].revokeAll("ada");
    for (const browser of browsers) expect((await browser.load()).status).toBe("revoked");
    expect(await processes[1].list("ada")).toEqual([]);
  });

  it("a session renewed before signing out everywhere is dead, and a request under way does not undo that", async () => {
    const [here, there] = await signedIn();
    const underWay = await here.load();
    await there.visit((session) => session.rotate());
    await processes[1].revokeAll("ada");
    underWay.set("theme", "late");
    await here.commit(underWay);
    expect([(await here.load()).status, (await there.load()).status]).toEqual(["revoked", "revoked"]);
  });

  it("signing out everywhere else leaves the one that asks", async () => {
    const [here] = await signedIn();
    const [phone] = await signedIn();
    const asking = await here.load();
    await processes[0].revokeAll("ada", { except: asking });
    expect([(await here.load()).status, (await phone.load()).status]).toEqual(["active", "revoked"]);
    expect((await processes[1].list("ada", { current: await here.load() })).map(({ current }) => current)).toEqual([
      true,
    ]);
    await here.visit((session) => session.set("theme", "light"));
    expect((await here.load()).get("theme")).toBe("light");
  });

  it("a visitor's writes while signing in are neither lost nor doubled", async () => {
    const [here, there] = [new Browser(processes[0]), new Browser(processes[1])];
    await here.visit((session) => session.set("visits", 1));
    for (const [name, value] of here.cookies) there.cookies.set(name, value);
    const signingIn = await here.load();
    signingIn.signIn("ada");
    signingIn.increment("visits");
    await there.visit((session) => {
      session.set("cart", ["book"]);
      session.increment("visits", 10);
    });
    await here.commit(signingIn);
    expect({ ...(await here.load()).all() }).toEqual({ visits: 12, cart: ["book"] });
    expect((await there.load()).status).toBe("replaced");
  });

  it("one device is signed out by its handle, and the others stay", async () => {
    const [here] = await signedIn();
    const [phone] = await signedIn();
    const { id } = await phone.load();
    expect(await processes[1].revoke("bob", id!)).toBe(false);
    expect(await processes[1].revoke("ada", id!)).toBe(true);
    expect(await processes[1].revoke("ada", id!)).toBe(false);
    expect([(await here.load()).status, (await phone.load()).status]).toEqual(["active", "revoked"]);
    const late: Session<Data> = await phone.load();
    expect(late.userId).toBe(undefined);
  });

  it("20 reads at once are one command each, and move the end at most once", async () => {
    const [here] = await signedIn();
    const before = await processes[0].list("ada");
    const commands = backends[0]!.stats().commands;
    await Promise.all(Array.from({ length: 20 }, () => here.visit((session) => session.get("theme"))));
    expect(backends[0]!.stats().commands - commands).toBe(20);
    expect((await processes[0].list("ada"))[0]!.lastSeenAt).toEqual(before[0]!.lastSeenAt);
  });
});
