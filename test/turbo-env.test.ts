import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const URL_NAMES = ["UPSTASH_REDIS_REST_URL", "KV_REST_API_URL"];
const TOKEN_NAMES = ["UPSTASH_REDIS_REST_TOKEN", "KV_REST_API_TOKEN"];
const SECRET = "a-token-that-no-message-repeats";
const GIVEN = { KV_REST_API_URL: "https://one.example.com", KV_REST_API_TOKEN: SECRET };

const BUILD = `
  import { readEnv } from "@holdfast/core";
  const { url } = readEnv({ url: { names: ${JSON.stringify(URL_NAMES)}, kind: "url" }, token: { names: ${JSON.stringify(TOKEN_NAMES)} } });
  console.log("built for", url);
`;

/** The seed's monorepo: a shared setting read in a package's build. https://turborepo.com/docs/crafting-your-repository/using-environment-variables */
const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true });
});

function createWorkspace(task: object): string {
  const home = mkdtempSync(join(tmpdir(), "holdfast-turbo-"));
  homes.push(home);
  const write = (path: string, content: unknown): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), typeof content === "string" ? content : JSON.stringify(content));
  };
  write("package.json", { name: "home", private: true, packageManager: "pnpm@12.21.0" });
  write("pnpm-workspace.yaml", "packages: [packages/*]\npmOnFail: ignore\n");
  write("pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters:\n  .: {}\n  packages/site: {}\n");
  // Outside of git turbo would count its own logs as inputs.
  write("turbo.json", { tasks: { build: { inputs: ["build.mjs"], ...task } } });
  write("packages/site/package.json", { name: "site", type: "module", scripts: { build: "node build.mjs" } });
  write("packages/site/build.mjs", BUILD);
  mkdirSync(join(home, "packages/site/node_modules/@holdfast"), { recursive: true });
  symlinkSync(join(root, "packages/core"), join(home, "packages/site/node_modules/@holdfast/core"));
  return home;
}

/** Runs the real turbo, in its default strict mode, with these variables set outside. */
function build(home: string, variables: Readonly<Record<string, string>>): { ok: boolean; output: string } {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TURBO|UPSTASH|KV_REST|CI$)/.test(name));
  const bin = join(root, "node_modules", ".bin");
  const { status, stdout, stderr } = spawnSync(join(bin, "turbo"), ["run", "build", "--output-logs=full"], {
    cwd: home,
    encoding: "utf8",
    env: {
      ...Object.fromEntries(inherited),
      PATH: [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter),
      TURBO_TELEMETRY_DISABLED: "1",
      ...variables,
    },
  });
  return { ok: status === 0, output: stdout + stderr };
}

test("undeclared variables, which turbo hides, give one error that names them all and the cure", () => {
  const { ok, output } = build(createWorkspace({}), GIVEN);
  expect(ok).toBe(false);
  expect(output).toContain("ConfigurationError");
  for (const name of [...URL_NAMES, ...TOKEN_NAMES]) expect(output).toContain(name);
  expect(output).toContain("turbo.json");
  expect(output).toMatch(/tasks\.[^.\s]+\.env/);
  expect(output).not.toContain(SECRET);
  expect(output).not.toContain("is not defined");
});

test("declared in tasks.build.env they arrive, and another value is another build", () => {
  const home = createWorkspace({ env: [...URL_NAMES, ...TOKEN_NAMES] });
  const first = build(home, GIVEN);
  expect(first.output).toContain("built for https://one.example.com");
  expect(first.output).toContain("cache miss");
  expect(build(home, GIVEN).output).toContain("cache hit");
  const other = build(home, { ...GIVEN, KV_REST_API_URL: "https://two.example.com" });
  expect(other.output).toContain("built for https://two.example.com");
  expect(other.output).toContain("cache miss");
});

test("passed through but not declared, another value replays the old build: why the error names env", () => {
  const home = createWorkspace({ passThroughEnv: [...URL_NAMES, ...TOKEN_NAMES] });
  expect(build(home, GIVEN).output).toContain("built for https://one.example.com");
  const stale = build(home, { ...GIVEN, KV_REST_API_URL: "https://two.example.com" });
  expect(stale.output).toContain("cache hit");
  expect(stale.output).toContain("built for https://one.example.com");
});
