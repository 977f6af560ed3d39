import { describe, expect, it } from "vitest";
import { Browser, newSessions } from "./set-up.ts";

describe("a CSRF token", () => {
  it("is another text each time, is good for its session, and for no other", async () => {
    const sessions = newSessions();
    const [ada, eve] = [new Browser(sessions), new Browser(sessions)];
    await ada.visit((session) => session.signIn("ada"));
    await eve.visit((session) => session.signIn("eve"));
    const session = await ada.load();
    const [one, other] = [await session.csrfToken(), await session.csrfToken()];
    expect(one).not.toBe(other);
    expect(one).toMatch(/^[\w-]{86}$/);
    const next = await ada.load();
    for (const token of [one, other]) expect(await sessions.verifyCsrf(next, token)).toBe(true);
    expect(await sessions.verifyCsrf(await eve.load(), one)).toBe(false);
    const wrong = [
      undefined,
      null,
      "",
      5,
      [one],
      `${one}x`,
      one.slice(1),
      ada.token,
      one.replace(/^./, (c) => (c === "A" ? "B" : "A")),
    ];
    for (const token of wrong) expect(await sessions.verifyCsrf(next, token)).toBe(false);
  });

  it("given out by the request that begins or renews the session is good afterwards", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    const given = async (work: Parameters<Browser["visit"]>[0]) => {
      const token = await browser.visit(async (session) => {
        await work(session);
        return session.csrfToken();
      });
      return sessions.verifyCsrf(await browser.load(), token);
    };
    expect(await given((session) => session.set("theme", "dark"))).toBe(true);
    expect(await given((session) => session.signIn("ada"))).toBe(true);
    expect(await given((session) => session.rotate())).toBe(true);
  });

  it("given out before a sign-in that has to begin again is good afterwards", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("theme", "dark"));
    const [signing, other] = [await browser.load(), await browser.load()];
    signing.signIn("ada");
    const token = await signing.csrfToken();
    other.set("theme", "light");
    await browser.commit(other);
    await browser.commit(signing);
    expect(await sessions.verifyCsrf(await browser.load(), token)).toBe(true);
  });

  it("is worthless once the token was replaced", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("theme", "dark"));
    const token = await (await browser.load()).csrfToken();
    await browser.visit((session) => session.signIn("ada"));
    expect(await sessions.verifyCsrf(await browser.load(), token)).toBe(false);
  });

  it.each<[Record<string, string>, boolean]>([
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "none" }, true],
    [{ "sec-fetch-site": "cross-site" }, false],
    [{ "sec-fetch-site": "same-site" }, false],
    [{ origin: "https://example.com" }, true],
    [{ origin: "https://evil.example" }, false],
    [{ origin: "null" }, false],
    [{}, true],
  ])("is empty for a visitor, for whom the browser's word %o decides", async (headers, expected) => {
    const sessions = newSessions();
    const session = await new Browser(sessions).load(headers);
    expect(await session.csrfToken()).toBe("");
    expect(await sessions.verifyCsrf(session, "")).toBe(expected);
  });
});
