import { memoryBackend } from "@holdfast/adapter-memory";
import { InvalidKeyError } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { Browser, newSessions } from "./set-up.ts";

const SEED = Number(process.env["HOLDFAST_TEST_SEED"] ?? Date.now() % 1_000_000);
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "save",
  "toString",
  "hasOwnProperty",
  "",
  "\u0000",
  "\r\n",
  "id",
];

/** A small generator of pseudorandom numbers, mulberry32, so that a failure can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function generator(seed: number) {
  const random = randomFrom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const character = () => String.fromCharCode(pick([below(32), 32 + below(96), below(256), below(65_536)]));
  const noise = (length: number) => Array.from({ length }, character).join("");
  return { below, pick, noise };
}

/** Whether a field was set: what cannot be a name is refused, and only as such. */
function isSet(set: () => void): boolean {
  try {
    set();
    return true;
  } catch (error) {
    if (error instanceof InvalidKeyError) return false;
    throw error;
  }
}

/** Nothing that was sent has become a property of every object. */
function expectUnpolluted(): void {
  const plain: Record<string, unknown> = {};
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect([plain["admin"], plain["theme"], Object.getPrototypeOf(plain) === Object.prototype]).toEqual([
    undefined,
    undefined,
    true,
  ]);
}

describe(`what clients may send (seed ${SEED})`, () => {
  it("70,000 cookie headers and tokens: none makes load throw, none that is malformed reaches the store", async () => {
    const { below, pick, noise } = generator(SEED);
    const backend = memoryBackend();
    const sessions = newSessions({ backend });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("theme", "dark"));
    const token = browser.token!;
    const flipped = () => {
      const at = below(token.length);
      return token.slice(0, at) + pick(["A", "_", "%", "\u0000", " ", "é", ""]) + token.slice(at + 1);
    };
    const values = [
      flipped,
      () => token.slice(0, below(81)),
      () => token + noise(1 + below(3)),
      () => noise(below(100)),
      () => noise(81),
      () => `"${token}"`,
      () => encodeURIComponent(noise(20).toWellFormed()),
      () => pick(NAMES),
      () => "x".repeat(below(5_000)),
      () => "x".repeat(81),
    ];
    const names = ["__Host-session", "session", "__Secure-session", "__proto__", ...NAMES];
    for (let input = 0; input < 70_000; input += 1) {
      const pairs = Array.from(
        { length: 1 + below(4) },
        () => `${pick(names)}${pick(["=", "==", "", ";"])}${pick(values)()}`,
      );
      const header = pairs.join(pick(["; ", ";", ",", "\r\n", " "]));
      const before = backend.stats().commands;
      const session = await sessions.load(header);
      const wellFormed = new Set(header.match(/(?<=^|;)\s*__Host-session\s*=\s*[\w-]{81}\s*(?=;|$)/g)).size;
      expect(backend.stats().commands - before).toBeLessThanOrEqual(Math.min(wellFormed, 4));
      expect(session.status !== "active" || header.includes(token)).toBe(true);
      const headers = await sessions.commitHeaders(session);
      for (const cookie of headers.getSetCookie())
        expect(cookie).toMatch(/^__Host-session=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    }
    expectUnpolluted();
  }, 120_000);

  it("20,000 names and values of fields: each is kept as it is, or refused", async () => {
    const { below, pick, noise } = generator(SEED + 1);
    const sessions = newSessions({ maxBytes: 5_000_000 });
    const browser = new Browser(sessions);
    const values = [
      () => noise(below(50)),
      () => JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"theme":1}}}') as unknown,
      () => ({ [noise(5)]: [noise(5), null, below(10)] }),
      () => `${noise(3)}\r\nSet-Cookie: a=b\u0000`,
      () => below(2 ** 31),
      () => null,
    ];
    let kept = 0;
    for (let round = 0; round < 200; round += 1) {
      const written = new Map<string, unknown>();
      await browser.visit((session) => {
        for (let input = 0; input < 100; input += 1) {
          const name = pick([() => pick(NAMES), () => noise(1 + below(20))])();
          const value = pick(values)();
          if (isSet(() => session.set(name as "theme", value as string))) written.set(name, value);
        }
      });
      const session = await browser.load();
      for (const [name, value] of written) expect(session.get(name as "theme")).toEqual(value);
      expect(Object.getPrototypeOf(session.all())).toBe(null);
      kept += written.size;
      await browser.visit((one) => one.signOut());
    }
    expect(kept).toBeGreaterThan(10_000);
    expectUnpolluted();
  }, 120_000);

  it("10,000 requests with headers of any kind: all are answered", async () => {
    const { below, pick, noise } = generator(SEED + 2);
    const sessions = newSessions();
    const handle = async (request: Parameters<typeof sessions.load>[0]): Promise<Response> => {
      const session = await sessions.load(request);
      session.set("theme", noise(5));
      await sessions.verifyCsrf(session, noise(below(100)));
      return sessions.commit(session, new Response("ok"));
    };
    const names = [
      "host",
      "origin",
      "sec-fetch-site",
      "sec-purpose",
      "purpose",
      "x-forwarded-proto",
      "cookie",
      ...NAMES,
    ];
    for (let input = 0; input < 10_000; input += 1) {
      const headers: Record<string, string | string[]> = {};
      for (let count = below(6); count > 0; count -= 1) {
        headers[pick(names)] = pick([
          noise(below(30)),
          [noise(3), noise(3)],
          "prefetch",
          "null",
          "http://[",
          "localhost:1",
        ]);
      }
      const response = await handle({ headers });
      expect(response.status).toBe(200);
    }
    expectUnpolluted();
  }, 120_000);
});
