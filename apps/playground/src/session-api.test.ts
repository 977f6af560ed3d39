import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Atlas, startAtlas } from "./start-atlas.ts";
import { askSearch, askStats } from "./testing/ask.ts";
import { Visitor } from "./testing/visitor.ts";

let atlas: Atlas;

beforeAll(async () => {
  atlas = await startAtlas({ backend: memoryBackend(), host: "127.0.0.1", port: 0, say: () => {} });
});
afterAll(() => atlas.close());

const commands = async () => (await askStats(atlas.url)).store.commands;
const queries = ({ recent }: { recent: readonly { q: string }[] }) => recent.map(({ q }) => q);

describe("a visitor", () => {
  it("who only looks costs no command and gets no cookie", async () => {
    await askSearch(atlas.url, "bern");
    const before = await commands();
    const visitor = new Visitor(atlas.url);
    expect(await visitor.look()).toEqual({ user: null, recent: [], status: "new", csrfToken: "" });
    expect(visitor.setCookie).toBeNull();
    const page = await fetch(atlas.url);
    const search = await fetch(`${atlas.url}/api/search?q=bern`);
    expect([page.headers.get("set-cookie"), search.headers.get("set-cookie")]).toEqual([null, null]);
    expect(await commands()).toBe(before);
  });

  it("who searches gets a cookie, and the searches back", async () => {
    const visitor = new Visitor(atlas.url);
    await visitor.search(" Zürich ");
    expect(visitor.setCookie).toMatch(/^atlas=[\w-]{81}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
    await visitor.search("lima", "pe");
    expect(visitor.setCookie).toBeNull();
    expect((await visitor.search("zurich")).recent).toEqual([
      { q: "zurich", country: null },
      { q: "lima", country: "PE" },
    ]);
    const before = await commands();
    expect(queries(await visitor.look())).toEqual(["zurich", "lima"]);
    expect(await commands()).toBe(before + 1);
  });

  it.each([
    ["a search of nothing", "recent", '{"q":""}', /at least one letter or digit/],
    ["a search of a number", "recent", '{"q":7}', /Send JSON/],
    ["a country that does not exist", "recent", '{"q":"a","country":"QQ"}', /two-letter codes/],
    ["an empty name", "sign-in", '{"name":"  "}', /1 to 40 characters/],
    ["a long name", "sign-in", JSON.stringify({ name: "a".repeat(41) }), /1 to 40 characters/],
    ["a name with a line break", "sign-in", '{"name":"a\\u0000b"}', /1 to 40 characters/],
    ["a name that cannot be seen", "sign-in", '{"name":"\\u200b"}', /at least one letter or digit/],
    ["signing out of somewhere", "sign-out", '{"where":"there"}', /everywhere/],
    ["what is not JSON", "sign-in", "name=ada", /1 to 40 characters/],
  ])("is refused %s, with advice", async (_case, path, body, advice) => {
    const before = await commands();
    const visitor = new Visitor(atlas.url);
    const response = await visitor.send("POST", `/api/session/${path}`, body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { detail: string }).detail).toMatch(advice);
    expect(visitor.setCookie).toBeNull();
    expect(await commands()).toBe(before);
  });

  it.each([
    ["GET", "/api/session/devices"],
    ["POST", "/api/session/devices/AAAAAAAAAAAAAAAA/sign-out"],
  ] as const)("has no devices: %s %s", async (method, path) => {
    expect((await new Visitor(atlas.url).send(method, path)).status).toBe(401);
  });
});

describe("signing in", () => {
  it("replaces the cookie, ends the old one, and keeps the searches", async () => {
    const visitor = new Visitor(atlas.url);
    await visitor.search("lisbon");
    const before = visitor.cookie;
    expect(await visitor.signIn("  Ada   Lovelace ")).toMatchObject({ user: "Ada Lovelace", status: "active" });
    expect(visitor.cookie).not.toBe(before);
    expect(await visitor.look()).toMatchObject({ user: "Ada Lovelace", recent: [{ q: "lisbon" }] });

    const thief = new Visitor(atlas.url);
    thief.cookie = before;
    expect(await thief.look()).toMatchObject({ user: null, recent: [] });
  });

  it("as somebody else keeps nothing of the one before", async () => {
    const visitor = new Visitor(atlas.url);
    await visitor.signIn("Grace");
    await visitor.search("new york");
    expect(await visitor.signIn("Mallory")).toMatchObject({ user: "Mallory", recent: [] });
  });

  it("lists every device of the name, however it is written", async () => {
    const [one, other] = [new Visitor(atlas.url), new Visitor(atlas.url, "Mozilla/5.0 (Windows NT 10.0) Edg/140.0")];
    await one.signIn("Hedy");
    await other.signIn("hedy");
    expect(await one.devices()).toMatchObject([
      { device: "Firefox on Linux", current: true },
      { device: "Edge on Windows", current: false },
    ]);
    expect((await other.devices()).map(({ current }) => current)).toEqual([false, true]);
  });
});

describe("signing out", () => {
  const threeOf = async (name: string) => {
    const visitors = [new Visitor(atlas.url), new Visitor(atlas.url), new Visitor(atlas.url)] as const;
    for (const visitor of visitors) await visitor.signIn(name);
    return visitors;
  };
  const users = (visitors: readonly Visitor[]) =>
    Promise.all(visitors.map(async (visitor) => (await visitor.look()).user));

  it("here leaves the others, and makes the browser forget the cookie", async () => {
    const visitors = await threeOf("Rosalind");
    expect(await visitors[0].signOut("here")).toMatchObject({ user: null, recent: [], csrfToken: "" });
    expect(visitors[0].setCookie).toMatch(/^atlas=; Max-Age=0; Path=\//);
    expect(await users(visitors)).toEqual([null, "Rosalind", "Rosalind"]);
  });

  it("of one device ends that one; it is told why, once", async () => {
    const visitors = await threeOf("Emmy");
    const [one, other] = visitors;
    const ended = (await other.devices()).find(({ current }) => current)!;
    await one.revoke(ended.id);
    expect(await one.devices()).toHaveLength(2);
    expect(await other.look()).toEqual({ user: null, recent: [], status: "revoked", csrfToken: "" });
    expect(other.setCookie).toMatch(/^atlas=; Max-Age=0/);
    expect((await other.look()).status).toBe("new");
    // Nobody can end the sessions of others.
    const stranger = new Visitor(atlas.url);
    await stranger.signIn("Eve");
    await stranger.revoke((await one.devices())[0]!.id);
    expect(await users(visitors)).toEqual(["Emmy", null, "Emmy"]);
  });

  it("of this device by its id is signing out here", async () => {
    const [one] = await threeOf("Lise");
    const own = (await one.devices()).find(({ current }) => current)!;
    expect((await one.revoke(own.id)).user).toBeNull();
    expect(one.setCookie).toMatch(/^atlas=; Max-Age=0/);
  });

  it("everywhere else, and everywhere", async () => {
    const visitors = await threeOf("Katherine");
    const [one, other] = visitors;
    await one.signOut("elsewhere");
    expect(await users(visitors)).toEqual(["Katherine", null, null]);
    await other.signIn("Katherine");
    expect((await one.signOut("everywhere")).user).toBeNull();
    expect(await users(visitors)).toEqual([null, null, null]);
  });

  it("is told also to a request that changes something", async () => {
    const [one, other] = await threeOf("Chien-Shiung");
    await one.signOut("elsewhere");
    // The search is kept by a session of its own, with nothing of the one that ended.
    expect(await other.search("berlin")).toMatchObject({ user: null, status: "revoked", recent: [{ q: "berlin" }] });
    expect(await other.look()).toMatchObject({ user: null, status: "active", recent: [{ q: "berlin" }] });
  });
});

describe("other sites", () => {
  it.each(["cross-site", "same-site"])("cannot act for visitors (%s)", async (site) => {
    const visitor = new Visitor(atlas.url);
    const headers = { "Sec-Fetch-Site": site };
    expect((await visitor.send("POST", "/api/session/sign-in", '{"name":"Eve"}', headers)).status).toBe(403);
    expect(visitor.setCookie).toBeNull();
  });

  it.each([
    ["no token", ""],
    ["another session's token", undefined],
  ])("cannot act for someone signed in, with %s", async (_case, token) => {
    const [visitor, stranger] = [new Visitor(atlas.url), new Visitor(atlas.url)];
    await visitor.signIn("Barbara");
    const headers = { "X-CSRF-Token": token ?? (await stranger.signIn("Eve")).csrfToken };
    const response = await visitor.send("POST", "/api/session/sign-out", '{"where":"everywhere"}', headers);
    expect(response.status).toBe(403);
    expect((await visitor.look()).user).toBe("Barbara");
  });
});

it("goes on without the store: nobody is signed out, and what cannot be kept is refused", async () => {
  const redis = await startRedis({ own: true });
  const backend = redisBackend({ url: redis.url, commandTimeout: "300ms" });
  const onRedis = await startAtlas({ backend, host: "127.0.0.1", port: 0, say: () => {} });
  const visitor = new Visitor(onRedis.url);
  await visitor.signIn("Ada");

  await redis.kill();
  expect((await visitor.look()).status).toBe("unavailable");
  expect(visitor.setCookie).toBeNull();
  expect(await new Visitor(onRedis.url).look()).toMatchObject({ user: null, status: "new" });
  expect((await visitor.send("POST", "/api/session/recent", '{"q":"oslo"}')).status).toBe(503);
  expect((await visitor.send("GET", "/api/session/devices")).status).toBe(503);

  await redis.restart();
  // Started anew and empty, as this server keeps nothing: the browser's cookie is of no session.
  await vi.waitFor(async () => expect((await visitor.look()).status).toBe("unknown"), { timeout: 10_000 });
  expect((await visitor.signIn("Ada")).user).toBe("Ada");
  await onRedis.close();
  await redis.stop();
});
