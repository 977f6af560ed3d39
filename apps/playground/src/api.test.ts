import { memoryBackend } from "@holdfast/adapter-memory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Atlas, startAtlas } from "./start-atlas.ts";
import { askEdit, askSearch, askStats, listen } from "./testing/ask.ts";

const said: string[] = [];
let atlas: Atlas;

beforeAll(async () => {
  atlas = await startAtlas({ backend: memoryBackend(), host: "127.0.0.1", port: 0, say: (line) => said.push(line) });
});
afterAll(() => atlas.close());

describe("GET /api/search", () => {
  it("scans once, then answers from the cache with the same result", async () => {
    const before = await askStats(atlas.url);
    const cold = await askSearch(atlas.url, "Zürich");
    const warm = await askSearch(atlas.url, "Zürich");
    const after = await askStats(atlas.url);

    expect(cold.results[0]).toMatchObject({ name: "Zürich", countryName: "Switzerland" });
    expect(cold.cache).toMatchObject({ status: "miss", backend: "memory" });
    expect(warm.cache).toMatchObject({ status: "hit", backend: "memory", scanMs: cold.cache.scanMs });
    expect({ ...warm, cache: null }).toEqual({ ...cold, cache: null });
    expect(after.cache.misses - before.cache.misses).toBe(1);
    expect(after.cache.hits - before.cache.hits).toBe(1);
    expect(after.cache.factoryRuns - before.cache.factoryRuns).toBe(1);
    expect(after.store.commands).toBeGreaterThan(before.store.commands);
  });

  it("gives spellings that mean the same one entry, and each country its own", async () => {
    await askSearch(atlas.url, "sao paulo");
    expect((await askSearch(atlas.url, "  São  PAULO ")).cache.status).toBe("hit");
    const inBrazil = await askSearch(atlas.url, "são paulo", "br");
    expect(inBrazil.cache.status).toBe("miss");
    expect(inBrazil).toMatchObject({ query: "sao paulo", country: "BR" });
  });

  it("runs one scan for a hundred simultaneous requests", async () => {
    const before = await askStats(atlas.url);
    const answers = await Promise.all(Array.from({ length: 100 }, () => askSearch(atlas.url, "springfield")));
    const after = await askStats(atlas.url);
    expect(new Set(answers.map((answer) => JSON.stringify(answer.results))).size).toBe(1);
    expect(after.cache.factoryRuns - before.cache.factoryRuns).toBe(1);
    expect(answers.filter((answer) => answer.cache.status === "miss")).toHaveLength(1);
    expect(answers.filter((answer) => ["hit", "joined"].includes(answer.cache.status))).toHaveLength(99);
  });

  it("answers for scripts without a match", async () => {
    expect(await askSearch(atlas.url, "東京")).toMatchObject({ query: "東京", total: 0, results: [] });
  });

  it.each([
    ["no query", "", /as the parameter q/],
    ["an empty query", "q=", /at least one letter or digit/],
    ["spaces", "q=%20%20", /at least one letter or digit/],
    ["emoji only", "q=%F0%9F%8F%99", /at least one letter or digit/],
    ["accents without letters", "q=%CC%81%CC%81", /at least one letter or digit/],
    ["10 KB", `q=${"a".repeat(10_240)}`, /up to 80 characters/],
    ["81 characters", `q=${"a".repeat(81)}`, /up to 80 characters/],
    ["ligatures that spell out to kilobytes", `q=${encodeURIComponent("ﷺ".repeat(80))}`, /too long once/],
    ["NUL", "q=a%00b", /control characters/],
    ["a line break", "q=a%0Ab", /control characters/],
    ["bytes that are not UTF-8", "q=%EF%BF%BD", /UTF-8/],
    ["a country that does not exist", "q=a&country=QQ", /two-letter codes/],
    ["a country's name", "q=a&country=Switzerland", /two-letter codes/],
  ])("refuses %s with advice", async (_case, query, advice) => {
    const before = await askStats(atlas.url);
    const response = await fetch(`${atlas.url}/api/search?${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = (await response.json()) as { detail: string };
    expect(problem).toMatchObject({ status: 400, title: "That search cannot be run" });
    expect(problem.detail).toMatch(advice);
    expect((await askStats(atlas.url)).store.commands).toBe(before.store.commands);
  });

  it.each(["<script>alert(1)</script>", "'; DROP TABLE cities", "%E0%A4%A", "__proto__", "a*?[]{}:b", "ｆｕｌｌ", "ا"])(
    "takes %j as text",
    async (q) => {
      const answer = await askSearch(atlas.url, q);
      expect(answer.query).toMatch(/^[\p{L}\p{N} ]+$/u);
      expect((await askSearch(atlas.url, q)).cache.status).toBe("hit");
    },
  );
});

describe("DELETE /api/search", () => {
  it("forgets the one result", async () => {
    await askSearch(atlas.url, "lisbon");
    await askSearch(atlas.url, "porto");
    const forgotten = await fetch(`${atlas.url}/api/search?q=Lisbon`, { method: "DELETE" });
    expect(forgotten.status).toBe(204);
    expect((await askSearch(atlas.url, "lisbon")).cache.status).toBe("miss");
    expect((await askSearch(atlas.url, "porto")).cache.status).toBe("hit");
  });

  it("checks its input as GET does", async () => {
    expect((await fetch(`${atlas.url}/api/search?q=`, { method: "DELETE" })).status).toBe(400);
  });
});

describe("the other routes", () => {
  it("counts without costing the store anything", async () => {
    const one = await askStats(atlas.url);
    const other = await askStats(atlas.url);
    expect(one).toMatchObject({ backend: "memory", cities: 135_233, store: { state: "up", errors: 0 } });
    expect(other.store).toEqual(one.store);
  });

  it("tells health", async () => {
    const health = (await (await fetch(`${atlas.url}/healthz`)).json()) as { store: { pingMs: number } };
    expect(health).toMatchObject({ status: "ok", backend: "memory", store: { state: "up" } });
    expect(health.store.pingMs).toBeGreaterThanOrEqual(0);
  });

  it("lists the countries and draws the world", async () => {
    const { countries } = (await (await fetch(`${atlas.url}/api/countries`)).json()) as { countries: unknown[] };
    expect(countries).toHaveLength(246);
    expect(countries).toContainEqual({ code: "JP", name: "Japan" });
    const world = (await (await fetch(`${atlas.url}/api/world`)).json()) as { cells: number[] };
    expect(world.cells.length).toBeGreaterThan(10_000);
  });

  it("serves the page so that it can run only its own scripts", async () => {
    const page = await fetch(`${atlas.url}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = page.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|style=|https?:/);
    const again = await fetch(`${atlas.url}/`, { headers: { "If-None-Match": page.headers.get("etag")! } });
    expect(again.status).toBe(304);
  });

  it.each(["/nothing", "/../package.json", "/..%2fpackage.json", "/%2e%2e/src/main.ts", "/panels/", "/api"])(
    "has nothing at %s",
    async (path) => {
      const response = await fetch(`${atlas.url}${path}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ status: 404, title: "Nothing here" });
    },
  );
});

describe("startAtlas", () => {
  it("says what it loaded", () => {
    expect(said[0]).toMatch(/^135,233 cities ready in \d+ ms\.$/);
  });

  it("closes once, however often it is told to", async () => {
    const other = await startAtlas({ backend: memoryBackend(), host: "127.0.0.1", port: 0, say: () => {} });
    await Promise.all([other.close(), other.close()]);
    await expect(fetch(other.url)).rejects.toThrow("fetch failed");
  });
});

describe("PUT /api/cities/:id", () => {
  it("voids every search that shows a city of its country, and no other", async () => {
    const city = (await askSearch(atlas.url, "innsbruck", "AT")).results[0]!;
    for (const q of ["innsbruck", "graz", "tokyo"]) await askSearch(atlas.url, q);
    const edited = await askEdit(atlas.url, city.id, JSON.stringify({ population: 9_999_999 }));
    expect(edited.status).toBe(204);

    const [innsbruck, graz] = [await askSearch(atlas.url, "innsbruck"), await askSearch(atlas.url, "graz")];
    expect([innsbruck.cache.status, graz.cache.status]).toEqual(["miss", "miss"]);
    expect(innsbruck.results[0]).toMatchObject({ id: city.id, population: 9_999_999 });
    expect((await askSearch(atlas.url, "tokyo")).cache.status).toBe("hit");
    expect((await askSearch(atlas.url, "innsbruck")).cache.status).toBe("hit");
  });

  it("shows an edit to readers who search while it is made", async () => {
    const city = (await askSearch(atlas.url, "salzburg", "AT")).results[0]!;
    for (let population = 1_000; population < 1_004; population += 1) {
      const during = Array.from({ length: 5 }, () => askSearch(atlas.url, "salzburg", "AT"));
      expect((await askEdit(atlas.url, city.id, JSON.stringify({ population }))).status).toBe(204);
      await Promise.all(during);
      const found = (await askSearch(atlas.url, "salzburg", "AT")).results.find(({ id }) => id === city.id);
      expect(found?.population).toBe(population);
    }
  });

  it("tells everyone who listens", async () => {
    const city = (await askSearch(atlas.url, "vaduz")).results[0]!;
    const events = await listen(atlas.url);
    await askEdit(atlas.url, city.id, JSON.stringify({ population: 7 }));
    expect(await events.next()).toBe(JSON.stringify([city.country]));
  });

  it.each([
    ["a city that does not exist", "no-such-id", '{"population":1}', 404, /id from the results/],
    ["a fraction", undefined, '{"population":1.5}', 400, /whole number up to 100 million/],
    ["a negative number", undefined, '{"population":-1}', 400, /whole number/],
    ["too many", undefined, '{"population":100000001}', 400, /whole number/],
    ["text", undefined, '{"population":"12"}', 400, /whole number/],
    ["nothing", undefined, "{}", 400, /whole number/],
    ["what is not JSON", undefined, "population=1", 400, /Send JSON/],
  ])("refuses %s with advice", async (_case, id, body, status, advice) => {
    const city = (await askSearch(atlas.url, "lima", "PE")).results[0]!;
    const response = await askEdit(atlas.url, id ?? city.id, body);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { detail: string }).detail).toMatch(advice);
    expect((await askSearch(atlas.url, "lima", "PE")).cache.status).toBe("hit");
  });
});
