import { memoryBackend } from "@holdfast/adapter-memory";
import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import { problemOf, problemResponse } from "../http/problem.ts";
import { type AtlasSession, type AtlasSessions, createAtlasSessions } from "./atlas-sessions.ts";
import { withSearch } from "./recent-searches.ts";
import { changeSession, type SessionAnswer } from "./session-requests.ts";

let sessions: AtlasSessions;
let cookie: string;
let csrfToken: string;

const load = () => sessions.load(new Headers({ Cookie: cookie, Host: "localhost" }));
const add = (session: AtlasSession, q: string) =>
  session.set("recent", withSearch(session.get("recent") ?? [], { q, country: null }));

beforeEach(async () => {
  sessions = createAtlasSessions(memoryBackend());
  const session = await sessions.load(new Headers({ Host: "localhost" }));
  session.signIn("ada");
  cookie = (await sessions.commitHeaders(session)).get("set-cookie")!.split(";")[0]!;
  csrfToken = await session.csrfToken();
});

/** Posts a search of "oslo"; `meanwhile` happens between its load and its commit. */
async function post(meanwhile: () => Promise<unknown>): Promise<Response> {
  const app = new Hono();
  app.post("/", (context) =>
    changeSession(context, sessions, async (session) => {
      add(session, "oslo");
      await meanwhile();
      return undefined;
    }),
  );
  app.onError((error) => problemResponse(problemOf(error)));
  const headers = { Cookie: cookie, Host: "localhost", "X-CSRF-Token": csrfToken };
  return app.request("http://localhost/", { method: "POST", headers });
}

async function searchElsewhere(q: string): Promise<void> {
  const session = await load();
  add(session, q);
  await sessions.commitHeaders(session);
}

describe("a change beside others", () => {
  it("of the same field is made again on what they left", async () => {
    const others = ["bergen"];
    const response = await post(async () => {
      const other = others.pop();
      if (other) await searchElsewhere(other);
    });
    const { recent } = (await response.json()) as SessionAnswer;
    expect(recent.map(({ q }) => q)).toEqual(["oslo", "bergen"]);
    expect((await load()).get("recent")).toEqual(recent);
  });

  it("is given up the second time, with advice", async () => {
    let searches = 0;
    const response = await post(() => searchElsewhere(`place ${searches++}`));
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ title: "Too much at once" });
    expect(searches).toBe(2);
  });

  it("of which one ends the session is not made, and does not say that it was", async () => {
    const response = await post(() => sessions.revokeAll("ada"));
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ title: "The session has ended" });
    expect((await load()).status).toBe("revoked");
  });
});
