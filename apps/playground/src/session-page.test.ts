import { fileURLToPath } from "node:url";
import { memoryBackend } from "@holdfast/adapter-memory";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Atlas, startAtlas } from "./start-atlas.ts";
import { type AtlasProcess, startAtlasProcess } from "./testing/atlas-process.ts";
import { launchPages, type Pages } from "./testing/pages.ts";

const SHOTS = fileURLToPath(new URL("../.test-results/", import.meta.url));
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

let atlas: Atlas;
let redis: RedisHandle;
let pages: Pages;
const running: AtlasProcess[] = [];

beforeAll(async () => {
  atlas = await startAtlas({ backend: memoryBackend(), host: "127.0.0.1", port: 0, say: () => {} });
  redis = await startRedis();
  pages = await launchPages();
});
afterAll(async () => {
  await pages.stop();
  await atlas.close();
  await redis.stop();
});
afterEach(async () => {
  // The pages first: they would complain that their server is gone.
  const closed = pages.closeAll();
  await closed.catch(() => {});
  await Promise.all(running.splice(0).map((started) => started.stop("SIGKILL")));
  await closed;
});

const cookieOf = async (page: Page) => (await page.context().cookies()).find(({ name }) => name === "atlas");
const accountIs = (page: Page, text: string) => page.getByRole("button", { name: text, exact: true }).waitFor();
const recentOf = (page: Page) => page.getByRole("region", { name: "Recent searches" }).getByRole("button");
const deviceList = (page: Page) => page.getByRole("list", { name: "Your devices" }).getByRole("listitem");

async function search(page: Page, q: string): Promise<void> {
  await page.getByRole("searchbox").fill(q);
  await page.getByRole("searchbox").press("Enter");
  await recentOf(page).filter({ hasText: q }).waitFor();
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
  await page.getByText("this device").waitFor();
}

describe("a visitor", () => {
  it("who only looks has no cookie; a search counts once typing has stopped", async () => {
    const page = await pages.open(`${atlas.url}/?q=bern`);
    const sent: unknown[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/recent")) sent.push(request.postDataJSON());
    });
    await page.getByRole("heading", { name: "for “bern”" }).waitFor();
    await page.getByRole("button", { name: "Search again" }).click();
    await page.locator("#status", { hasText: "Hit" }).waitFor();
    expect(await page.context().cookies()).toEqual([]);

    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    for (const q of ["z", "zu", "zuri", "zurich"]) {
      await page.getByRole("searchbox").fill(q);
      await page.clock.runFor(300);
      await page.getByRole("heading", { name: `for “${q}”` }).waitFor();
    }
    expect(sent).toEqual([]);
    await page.clock.runFor(2_000);
    await recentOf(page).waitFor();
    expect(sent).toEqual([{ q: "zurich", country: "" }]);
    expect(await cookieOf(page)).toMatchObject({ httpOnly: true, secure: false, sameSite: "Lax", path: "/" });
  });

  it("finds the last searches again, and repeats one", async () => {
    const page = await pages.open(atlas.url);
    for (const q of ["lima", "oslo"]) await search(page, q);
    await page.locator("#country").selectOption("NO");
    await recentOf(page).filter({ hasText: "Norway" }).waitFor();
    await page.reload();
    await recentOf(page).first().waitFor();
    expect(await recentOf(page).allTextContents()).toEqual(["osloNorway", "oslo", "lima"]);
    await recentOf(page).filter({ hasText: "lima" }).click();
    await page.getByRole("heading", { name: "for “lima”" }).waitFor();
    await expect.poll(() => recentOf(page).allTextContents()).toEqual(["lima", "osloNorway", "oslo"]);
  });
});

it.each(["localhost", "127.0.0.1"])("signs in and out on http://%s, with the keyboard", async (host) => {
  const page = await pages.open(atlas.url.replace("127.0.0.1", host));
  const focused = () => page.evaluate("document.activeElement.textContent");
  await page.getByRole("button", { name: "Sign in" }).press("Enter");
  await page.keyboard.type("Ada");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Signed in as Ada" }).waitFor();
  expect(await focused()).toBe("Signed in as Ada");
  await page.keyboard.press("Escape");
  expect(await focused()).toBe("AAda");
  await page.reload();
  await page.getByRole("button", { name: "Signed in as Ada" }).press("Enter");
  await page.getByRole("button", { name: "Sign out here" }).press("Enter");
  await page.getByText("You are signed out here.").waitFor();
  expect(await focused()).toBe("Sign in");
  expect(await page.context().cookies()).toEqual([]);
});

describe("two browsers", () => {
  it("see each other, and one ends the other's session", async () => {
    const one = await pages.open(atlas.url);
    await search(one, "lisbon");
    const before = await cookieOf(one);
    await signIn(one, "Grace");
    expect((await cookieOf(one))?.value).not.toBe(before?.value);
    await one.getByText("Only this one so far.").waitFor();
    expect(await recentOf(one).allTextContents()).toEqual(["lisbon"]);

    const other = await pages.open(atlas.url, { userAgent: WINDOWS });
    await signIn(other, "grace");
    await expect.poll(() => deviceList(other).allTextContents()).toHaveLength(2);
    expect((await deviceList(other).allTextContents()).join()).toMatch(
      /Firefox on Windows.*this device.*Chrome on Linux/,
    );
    await other.getByRole("button", { name: "Close" }).click();

    await one.reload();
    await one.getByRole("button", { name: "Signed in as Grace" }).click();
    await one.getByRole("button", { name: "Sign out Firefox on Windows" }).click();
    await one.getByText("Firefox on Windows was signed out.").waitFor();
    await one.getByText("Only this one so far.").waitFor();

    // Its next request is a search.
    await search(other, "porto");
    await other.getByText("You were signed out on another device.").waitFor();
    await accountIs(other, "Sign in");
    await other.getByRole("button", { name: "Sign in again" }).click();
    await other.getByLabel("Your name").fill("Grace");
    await other.keyboard.press("Enter");
    await expect.poll(() => deviceList(other).count()).toBe(2);
    expect(await other.locator("#farewell").isHidden()).toBe(true);
    expect(await recentOf(other).allTextContents()).toEqual(["porto"]);
  });

  it("on Redis: sessions outlive the server, and everywhere is everywhere", async () => {
    const start = async (environment: Record<string, string> = {}) => {
      const started = await startAtlasProcess({ BACKEND: "redis", REDIS_URL: redis.url, ...environment });
      running.push(started);
      return started;
    };
    const first = await start();
    expect(first.output()).toContain("open it in two browsers");
    const [one, other] = [await pages.open(first.url), await pages.open(first.url, { userAgent: WINDOWS })];
    await search(one, "kyoto");
    for (const page of [one, other]) await signIn(page, "Ada");
    expect(await first.stop("SIGTERM")).toBe(0);

    const again = await start({ PORT: new URL(first.url).port });
    expect(again.url).toBe(first.url);
    for (const page of [one, other]) {
      await page.reload();
      await accountIs(page, "Signed in as Ada");
    }
    // The pages noticed that the server was away.
    expect(pages.complaints.splice(0).filter((text) => !/ERR_|network error/i.test(text))).toEqual([]);
    await expect.poll(() => recentOf(one).allTextContents()).toEqual(["kyoto"]);

    await one.getByRole("button", { name: "Signed in as Ada" }).click();
    await expect.poll(() => deviceList(one).count()).toBe(2);
    await one.getByRole("button", { name: "Sign out everywhere", exact: true }).click();
    await one.getByText("You are signed out everywhere.").waitFor();
    expect(await cookieOf(one)).toBeUndefined();

    await other.reload();
    await other.getByText("You were signed out on another device.").waitFor();
    await accountIs(other, "Sign in");
    expect(await cookieOf(other)).toBeUndefined();
  });
});

describe.each([
  ["desktop", { width: 1280, height: 960 }],
  ["mobile", { width: 390, height: 844 }],
] as const)("on %s", (name, viewport) => {
  it.each(["dark", "light"] as const)("fits its window in %s colours", async (colorScheme) => {
    const user = `Wolfeschlegelsteinhausenbergerdorff ${colorScheme[0]}${name[0]}`;
    const look = { viewport, colorScheme, deviceScaleFactor: 2 };
    const other = await pages.open(atlas.url, { userAgent: WINDOWS });
    await signIn(other, user);
    const page = await pages.open(atlas.url, look);
    for (const q of ["san", "llanfairpwllgwyngyll", "łódź", "new york", "são paulo", "lima"]) await search(page, q);
    await signIn(page, user);
    await expect.poll(() => deviceList(page).count()).toBe(2);
    await page.screenshot({ path: `${SHOTS}atlas-devices-${name}-${colorScheme}.png` });
    const overflow = await page.evaluate(
      "Math.max(...[document.documentElement, document.querySelector('dialog')].map((box) => box.scrollWidth - box.clientWidth))",
    );
    expect(overflow).toBe(0);
  });
});
