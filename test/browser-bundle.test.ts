import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findChromium, startGateway, startRedis } from "@holdfast/test-servers";
import { type Browser, chromium } from "playwright-core";
import { build, createServer, type InlineConfig, preview } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

// Inside the workspace, so that the page imports the built packages as an app does.
const site = join(import.meta.dirname, "..", ".test-results", "browser-bundle");
const TOKEN_NAME = "VITE_HOLDFAST_TOKEN";

const FILES = {
  ".env": "VITE_HOLDFAST_URL=https://from-import-meta-env.example.com\nVITE_HOLDFAST_TOKEN=public\n",
  "raw.html": '<script type="module" src="/raw.js"></script>',
  "raw.js": 'import { kv } from "@vercel/kv"; document.title = typeof kv;',
  "holdfast.html": '<script type="module" src="/holdfast.js"></script>',
  "holdfast.js": `
    import { readEnv } from "@holdfast/core";
    import { upstashBackend } from "@holdfast/adapter-upstash";
    import { vercelKvBackend } from "@holdfast/adapter-vercel-kv";
    const attempt = async (action) => {
      try { return await action(); } catch (error) { return error.name + ": " + error.message; }
    };
    const spec = { url: { names: ["VITE_HOLDFAST_URL"], kind: "url" }, token: { names: ["${TOKEN_NAME}"] } };
    window.outcome = {
      process: typeof process,
      unset: await attempt(() => readEnv(spec)),
      fromSource: await attempt(() => readEnv(spec, { source: import.meta.env }).url),
      upstash: await attempt(() => { upstashBackend(); }),
      vercelKv: await attempt(() => { vercelKvBackend(); }),
      ping: await attempt(async () => {
        const token = new URLSearchParams(location.search).get("token");
        const backend = upstashBackend({ url: location.origin + "/redis", token });
        try { return typeof (await backend.ping()); } finally { await backend.close(); }
      }),
    };
  `,
};

interface Outcome {
  readonly process: string;
  readonly unset: string;
  readonly fromSource: string;
  readonly upstash: string;
  readonly vercelKv: string;
  readonly ping: string;
}

let browser: Browser;
let token = "";
let config: InlineConfig;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  rmSync(site, { recursive: true, force: true });
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(site, path)), { recursive: true });
    writeFileSync(join(site, path), text);
  }
  const redis = await startRedis();
  closers.push(() => redis.stop());
  const gateway = await startGateway({ redis });
  closers.unshift(() => gateway.stop());
  token = gateway.token;
  // The page reaches the gateway at its own origin, as Upstash's own service allows from any.
  const proxy = { "/redis": { target: gateway.url, rewrite: (path: string) => path.slice("/redis".length) || "/" } };
  config = {
    root: site,
    configFile: false,
    logLevel: "error",
    cacheDir: join(site, ".vite"),
    server: { host: "127.0.0.1", proxy },
    preview: { host: "127.0.0.1", proxy },
    optimizeDeps: { entries: ["*.html"] },
    build: {
      emptyOutDir: true,
      target: "esnext",
      rollupOptions: { input: { holdfast: join(site, "holdfast.html"), raw: join(site, "raw.html") } },
    },
  };
  browser = await chromium.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  closers.unshift(() => browser.close());
});

afterAll(async () => {
  for (const close of closers) await close();
});

/** Opens a page, and waits for its outcome or its first error. */
async function open(origin: string, path: string): Promise<{ outcome: Outcome | undefined; errors: string[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`${origin}/${path}?token=${token}`);
  await expect
    .poll(async () => errors.length > 0 || (await page.evaluate("'outcome' in window || document.title !== ''")), {
      timeout: 20_000,
    })
    .toBe(true);
  const outcome = await page.evaluate<Outcome | undefined>("window.outcome");
  await page.close();
  return { outcome, errors };
}

function expectAdvice({ outcome, errors }: Awaited<ReturnType<typeof open>>): void {
  expect(errors).toEqual([]);
  expect(JSON.stringify(outcome)).not.toContain("is not defined");
  expect(outcome?.unset).toMatch(/^ConfigurationError: .*VITE_HOLDFAST_URL.*VITE_HOLDFAST_TOKEN/s);
  expect(outcome?.fromSource).toBe("https://from-import-meta-env.example.com");
  for (const name of ["UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN", "KV_REST_API_URL", "KV_REST_API_TOKEN"]) {
    expect(outcome?.upstash).toContain(name);
  }
  expect(outcome?.vercelKv).toMatch(/^ConfigurationError: .*KV_REST_API_URL.*KV_REST_API_TOKEN/s);
  expect(outcome?.ping).toBe("number");
}

test("under Vite's development server the raw client breaks on import; Holdfast tells what is missing, and works", async () => {
  const server = await createServer(config);
  try {
    await server.listen();
    const origin = server.resolvedUrls?.local[0]?.replace(/\/$/, "") ?? "";
    const raw = await open(origin, "raw.html");
    expect(raw.errors.join()).toContain("process is not defined");
    const ours = await open(origin, "holdfast.html");
    expect(ours.outcome?.process).toBe("undefined");
    expectAdvice(ours);
  } finally {
    await server.close();
  }
});

test("in a production bundle too", async () => {
  await build(config);
  const server = await preview({ ...config, preview: { ...config.preview, port: 0 } });
  try {
    expectAdvice(await open(server.resolvedUrls?.local[0]?.replace(/\/$/, "") ?? "", "holdfast.html"));
  } finally {
    await server.close();
  }
});
