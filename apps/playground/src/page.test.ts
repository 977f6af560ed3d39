import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { redisBackend } from "@holdfast/adapter-redis";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Atlas, startAtlas } from "./start-atlas.ts";
import { launchPages, type Pages } from "./testing/pages.ts";

const SHOTS = fileURLToPath(new URL("../.test-results/", import.meta.url));
let redis: RedisHandle;
let atlas: Atlas;
let pages: Pages;

beforeAll(async () => {
  await mkdir(SHOTS, { recursive: true });
  redis = await startRedis({ own: true });
  const backend = redisBackend({ url: redis.url, commandTimeout: "300ms" });
  atlas = await startAtlas({ backend, host: "127.0.0.1", port: 0, say: () => {} });
  pages = await launchPages();
});
afterAll(async () => {
  await pages.stop();
  await atlas.close();
  await redis.stop();
});
afterEach(() => pages.closeAll());

function openPage(options: BrowserContextOptions = {}, path = "/"): Promise<Page> {
  return pages.open(`${atlas.url}${path}`, options);
}

async function counters(page: Page): Promise<{ hits: number; misses: number; scans: number; commands: number }> {
  const read = async (id: string) => Number((await page.locator(`#count-${id}`).textContent())?.replaceAll(",", ""));
  const [hits, misses, scans, commands] = [read("hits"), read("misses"), read("scans"), read("commands")];
  return { hits: await hits, misses: await misses, scans: await scans, commands: await commands };
}
const statusIs = (page: Page, text: string) => page.locator("#status", { hasText: text }).waitFor();

describe("the page", () => {
  it("shows a miss, then a hit, and its counters tick", async () => {
    const page = await openPage();
    await page.getByPlaceholder("Search 135,233 cities").waitFor();
    const before = await counters(page);

    await page.getByRole("searchbox", { name: "City" }).pressSequentially("zurich");
    await statusIs(page, "Miss");
    await page.getByRole("heading", { name: "51 cities for “zurich”" }).waitFor();
    expect(await page.locator("tbody tr").first().textContent()).toMatch(/Zürich[\s\S]*Switzerland[\s\S]*341\.7K/);
    expect(new URL(page.url()).search).toBe("?q=zurich");

    await page.getByRole("button", { name: "Search again" }).click();
    await statusIs(page, "Hit");
    expect(await page.locator("#lookup").textContent()).toContain("answered by the cache (redis)");
    await expect
      .poll(() => counters(page))
      .toMatchObject({ hits: before.hits + 1, misses: before.misses + 1, scans: before.scans + 1 });
    expect((await counters(page)).commands).toBeGreaterThan(before.commands);

    await page.getByRole("button", { name: "Forget this result" }).click();
    await page.getByText("Forgotten.").waitFor();
    await page.getByRole("button", { name: "Search again" }).click();
    await statusIs(page, "Miss");
  });

  it("filters by country, suggests for slips, and explains what cannot be searched", async () => {
    const page = await openPage({}, "/?q=san&country=PH");
    await page.getByRole("heading", { name: "499 cities for “san”" }).waitFor();
    await page.getByRole("button", { name: "← Every country" }).click();
    await page.getByRole("heading", { name: "6,296 cities for “san”" }).waitFor();
    expect(await page.locator("tbody tr:visible").count()).toBe(12);
    await page.getByRole("button", { name: "Show 38 more" }).click();
    expect(await page.locator("tbody tr:visible").count()).toBe(50);

    await page.getByRole("searchbox").fill("zurick");
    await page.getByText("Did you mean").waitFor();
    await page.locator("#results").getByRole("button", { name: "Zürich" }).click();
    await page.getByRole("heading", { name: "cities for “Zürich”" }).waitFor();

    // A refusal is part of the API; the browser itself logs every 400.
    await page.getByRole("searchbox").fill("!!!");
    await page.getByText("A search (q) needs at least one letter or digit.").waitFor();
    expect(pages.complaints.splice(0).every((text) => text.includes("400 (Bad Request)"))).toBe(true);
  });

  it("shows markup in names and queries as text", async () => {
    const page = await openPage({}, `/?q=${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
    await page.getByRole("heading", { name: "No city for “<img src=x onerror=alert(1)>”" }).waitFor();
    expect(await page.locator("main img").count()).toBe(0);
  });

  it("can be used with the keyboard, and remembers the colours chosen", async () => {
    const page = await openPage({ colorScheme: "light" });
    await page.getByPlaceholder("Search 135,233 cities").waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the results");
    await page.getByRole("button", { name: "Switch between light and dark" }).press("Enter");
    const scheme = () => page.evaluate("getComputedStyle(document.documentElement).colorScheme");
    expect(await scheme()).toBe("dark");
    await page.reload();
    expect(await scheme()).toBe("dark");
  });

  it("changes a city for everybody: a page that shows it follows by itself", async () => {
    const [editor, reader] = [await openPage({}, "/?q=reykjavik"), await openPage({}, "/?q=kopavogur")];
    await reader.getByRole("searchbox").fill("reykjavik");
    await Promise.all([editor, reader].map((page) => page.locator("tbody tr", { hasText: "Reykjavík" }).waitFor()));

    const button = editor.getByRole("button", { name: "Change Reykjavík", exact: true });
    await button.click();
    await editor.getByLabel("Inhabitants of Reykjavík", { exact: true }).fill("765432");
    await editor.screenshot({ path: `${SHOTS}atlas-edit.png` });
    await editor.getByRole("button", { name: "Save for everybody" }).click();
    for (const page of [editor, reader]) {
      await page.locator("tbody tr", { hasText: "765.4K" }).waitFor();
      await page.getByText("A city on this page was changed just now.").waitFor();
    }
    expect(await editor.locator(".edit-form").count()).toBe(0);
  });

  it("says when the store is down, and still answers", async () => {
    const page = await openPage();
    await redis.kill();
    await page.getByRole("searchbox").fill("vienna");
    await statusIs(page, "No store");
    await page.getByText("The store (redis) does not answer. Searches still work").waitFor();
    expect(await page.locator("tbody tr").first().textContent()).toContain("Vienna");
    await redis.restart();
    await page.locator("#notice").waitFor({ state: "hidden" });
  });
});

describe.each([
  ["desktop", { width: 1280, height: 960 }],
  ["mobile", { width: 390, height: 844 }],
] as const)("on %s", (name, viewport) => {
  it.each(["dark", "light"] as const)("fits its window in %s colours", async (colorScheme) => {
    const page = await openPage({ viewport, colorScheme, deviceScaleFactor: 2 }, "/?q=san");
    await page.locator("#status").waitFor();
    for (const q of ["new york", "lima", "lodz", "springfield", "san"]) {
      await page.getByRole("searchbox").fill(q);
      await page.getByRole("heading", { name: `for “${q}”` }).waitFor();
    }
    await page.getByRole("button", { name: "Search again" }).click();
    await statusIs(page, "Hit");
    // Two frames: one schedules the map's last move, the next has drawn it.
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    await page.screenshot({ path: `${SHOTS}atlas-${name}-${colorScheme}.png`, fullPage: name === "mobile" });
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(overflow).toBe(0);
  });
});
