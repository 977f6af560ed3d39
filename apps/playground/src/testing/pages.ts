import { findChromium } from "@holdfast/test-servers";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-quic",
  "--no-first-run",
  "--disable-component-update",
  "--disable-sync",
];

/** Pages of Atlas in Chromium; all that they must not do is written down. */
export interface Pages {
  readonly complaints: string[];
  /** Each in a context of its own, as if in another browser. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** Closes the pages. @throws {Error} One of them logged an error, or asked another host for something. */
  closeAll(): Promise<void>;
  stop(): Promise<void>;
}

export async function launchPages(): Promise<Pages> {
  const browser: Browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
  const complaints: string[] = [];
  return {
    complaints,
    async open(url, options = {}) {
      const context = await browser.newContext({ reducedMotion: "reduce", ...options });
      const page = await context.newPage();
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("request", (request) => {
        if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`asked for ${request.url()}`);
      });
      await page.goto(url);
      return page;
    },
    async closeAll() {
      await Promise.all(browser.contexts().map((context) => context.close()));
      const found = complaints.splice(0);
      if (found.length > 0) throw new Error(`The page complained:\n${found.join("\n")}`);
    },
    stop: () => browser.close(),
  };
}
