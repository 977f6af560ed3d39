import { createReadStream } from "node:fs";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { ConfigurationError } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { needsCommit, SessionView } from "../src/session-view.ts";
import { endings, start } from "./express-app.ts";
import { Client } from "./http.ts";
import { sleep } from "./set-up.ts";

describe("a session that is changed", () => {
  it.each(Object.entries(endings))(
    "is saved once, and its cookie set, however the response is sent: %s",
    async (_name, end) => {
      const { client, commits } = await start((app) => {
        app.get("/", async (request, response) => {
          request.visitor.set("theme", "dark");
          await end(response);
        });
        app.get("/theme", (request, response) => void response.json(request.visitor.get("theme") ?? null));
      });
      const response = await client.fetch("/");
      expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^session=.*HttpOnly/)]);
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.text()).toBe("body");
      expect(commits).toEqual(["create"]);
      expect(await client.text("/theme")).toBe('"dark"');
    },
  );

  it("is saved before the response leaves: the next request finds it", async () => {
    const { client } = await start(
      (app) => {
        app.get("/sign-in", (request, response) => {
          request.visitor.signIn("ada");
          response.redirect(303, "/me");
        });
        app.get("/me", (request, response) => void response.json(request.visitor.userId ?? null));
      },
      { store: (real) => ({ create: (...args) => sleep(20).then(() => real.create(...args)) }) },
    );
    const response = await client.fetch("/sign-in");
    expect([response.status, response.headers.get("location")]).toEqual([303, "/me"]);
    expect(await client.text("/me")).toBe('"ada"');
  });

  it("has its cookie beside those of the application, which also chooses what is cached", async () => {
    const { client } = await start((app) => {
      app.get("/set", (request, response) => {
        request.visitor.set("theme", "dark");
        response.cookie("one", "1").set("cache-control", "private").send();
      });
      app.get("/written", (request, response) => {
        request.visitor.rotate();
        response.cookie("lost", "as without sessions: writeHead replaces it");
        response.writeHead(201, "Made", { "set-cookie": ["two=2", "three=3"], "cache-control": "private" }).end();
      });
      app.get("/list", (request, response) => {
        request.visitor.rotate();
        response.writeHead(200, ["set-cookie", "four=4", "set-cookie", "five=5"]).end();
      });
    });
    const names = (response: globalThis.Response) => response.headers.getSetCookie().map((text) => text.split("=")[0]);
    const set = await client.fetch("/set");
    expect([names(set), set.headers.get("cache-control")]).toEqual([["one", "session"], "private"]);
    const written = await client.fetch("/written");
    expect([names(written), written.headers.get("cache-control")]).toEqual([["two", "three", "session"], "private"]);
    expect([written.status, written.statusText]).toEqual([201, "Made"]);
    expect(names(await client.fetch("/list"))).toEqual(["four", "five", "session"]);
  });

  it("streams a large file through a pipe, with back-pressure", async () => {
    const chunk = Buffer.alloc(64 * 1024, "x");
    let made = 0;
    const { client } = await start((app) => {
      app.get("/", (request, response) => {
        request.visitor.set("theme", "dark");
        const source = new Readable({
          read() {
            made += 1;
            this.push(made > 160 ? null : chunk);
          },
        });
        source.pipe(response);
      });
      app.get("/file", (request, response) => {
        request.visitor.increment("visits");
        createReadStream(import.meta.filename).pipe(response);
      });
      app.get("/send-file", (request, response) => {
        request.visitor.increment("visits");
        response.sendFile(import.meta.filename);
      });
    });
    expect((await (await client.fetch("/")).arrayBuffer()).byteLength).toBe(160 * chunk.length);
    expect(await client.text("/file")).toContain("with back-pressure");
    expect(await client.text("/send-file")).toContain("with back-pressure");
  });

  it("is saved whichever of its methods changes it", async () => {
    const others: Record<string, string[]> = { get: ["notice"], increment: ["visits"], signIn: ["ada"] };
    const changing: string[] = [];
    const { url, commits } = await start((app) => {
      app.get("/begin", (request, response) => {
        request.visitor.set("theme", "dark");
        request.visitor.flash("notice", "once");
        response.send();
      });
      app.get("/:method", async ({ visitor, params: { method } }, response) => {
        const call = visitor[method as "get"] as (...args: unknown[]) => unknown;
        await call.apply(visitor, others[method] ?? ["theme", "light"]);
        if (needsCommit(visitor)) changing.push(method);
        response.send();
      });
    });
    for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(SessionView.prototype))) {
      if (typeof value !== "function" || method === "constructor") continue;
      const client = new Client(url);
      await client.fetch("/begin");
      commits.length = 0;
      await client.fetch(`/${method}`);
      expect([method, commits.length]).toEqual([method, changing.includes(method) ? 1 : 0]);
    }
    expect(changing).toEqual(
      expect.arrayContaining(["get", "set", "unset", "increment", "flash", "signIn", "destroy"]),
    );
  });

  it("is saved for an error's response too", async () => {
    const { client } = await start((app) => {
      app.get("/", (request) => {
        request.visitor.increment("visits");
        throw new Error("as it should");
      });
      app.get("/visits", (request, response) => void response.json(request.visitor.get("visits") ?? null));
    });
    expect((await client.fetch("/")).status).toBe(500);
    expect(await client.text("/visits")).toBe("1");
  });
});

describe("a response that nothing is to be saved for", () => {
  it("leaves at once, with no cookie and no call of the store", async () => {
    const sent: boolean[] = [];
    const { client, commits } = await start((app) => {
      app.get("/", (request, response) => {
        request.visitor.get("theme");
        response.write("body");
        sent.push(response.headersSent);
        response.end();
        sent.push(response.writableEnded);
      });
    });
    const response = await client.fetch("/");
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(response.headers.get("cache-control")).toBeNull();
    expect([sent, commits]).toEqual([[true, true], []]);
  });

  it("takes back a cookie that leads nowhere", async () => {
    const { client, commits, errors } = await start((app) => {
      app.get("/", (_request, response) => {
        response.write("bo");
        setTimeout(() => response.end("dy"), 5);
      });
      app.get("/at-once", (_request, response) => {
        response.write("bo");
        response.end("dy");
      });
    });
    const dead = "x".repeat(81);
    client.cookies.set("session", dead);
    expect(await client.text("/")).toBe("body");
    client.cookies.set("session", dead);
    expect((await client.fetch("/at-once")).headers.getSetCookie()).toHaveLength(1);
    expect([client.cookies.size, commits, errors]).toEqual([0, [], []]);
  });
});

describe("what is changed once the body has begun", () => {
  it("is saved before it ends", async () => {
    const { client, commits } = await start((app) => {
      app.get("/begin", (request, response) => {
        request.visitor.set("theme", "dark");
        response.send();
      });
      app.get("/late", async (request, response) => {
        response.write("be");
        await sleep(10);
        request.visitor.increment("visits");
        response.end("gun");
      });
      app.get("/visits", (request, response) => void response.json(request.visitor.get("visits") ?? null));
    });
    await client.fetch("/begin");
    expect(await client.text("/late")).toBe("begun");
    expect(await client.text("/visits")).toBe("1");
    expect(commits).toEqual(["create", "commit"]);
  });

  it("is saved too if the first commit is still under way", async () => {
    const { client, commits } = await start(
      (app) => {
        app.get("/", async (request, response) => {
          request.visitor.set("theme", "dark");
          response.write("be");
          await sleep(10);
          request.visitor.increment("visits");
          response.end("gun");
        });
        app.get("/all", ({ visitor }, response) => void response.json(visitor.all()));
      },
      { store: (real) => ({ create: (...args) => sleep(40).then(() => real.create(...args)) }) },
    );
    expect(await client.text("/")).toBe("begun");
    expect(await (await client.fetch("/all")).json()).toEqual({ theme: "dark", visits: 1 });
    expect(commits).toEqual(["create", "commit"]);
  });

  it("and needs a new cookie breaks the response off, with an error that says so", async () => {
    const { client, errors } = await start((app) => {
      app.get("/", async (request, response) => {
        response.write("be");
        await sleep(10);
        request.visitor.signIn("ada");
        response.end("gun");
      });
    });
    await expect(client.fetch("/")).rejects.toThrow();
    expect(errors).toEqual([expect.any(ConfigurationError)]);
  });

  it("in the same turn still belongs to the headers", async () => {
    const { client } = await start((app) => {
      app.get("/", (request, response) => {
        request.visitor.set("theme", "dark");
        response.write("body");
        request.visitor.signIn("ada");
        response.end();
      });
      app.get("/me", (request, response) => void response.json(request.visitor.userId ?? null));
    });
    expect(await client.text("/")).toBe("body");
    expect(await client.text("/me")).toBe('"ada"');
  });
});

it("a client that goes away while its session is being saved harms nobody", async () => {
  let saved = 0;
  const { client, url } = await start(
    (app) => {
      app.get("/end", (request, response) => {
        request.visitor.set("theme", "dark");
        response.json({ ok: true });
      });
      app.get("/pipe", (request, response) => {
        request.visitor.set("theme", "dark");
        Readable.from(Array.from({ length: 50 }, () => "part")).pipe(response);
      });
      app.get("/", (_request, response) => void response.send("here"));
    },
    {
      store: (real) => ({
        async create(...args) {
          await sleep(50);
          saved += 1;
          return real.create(...args);
        },
      }),
    },
  );
  for (const path of ["/end", "/pipe"]) {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await sleep(20);
    socket.destroy();
  }
  await expect.poll(() => saved).toBe(2);
  await sleep(20);
  expect(await client.text("/")).toBe("here");
});
