import { readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;

/** Every workspace folder is a project named for its folder, so that `vitest --project kv` runs one. */
const folders = ["packages", "tooling", "apps"].flatMap((parent) =>
  readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ name: entry.name, folder: join(parent, entry.name) })),
);

export default defineConfig({
  test: {
    // Two cores serve the tests, Redis and Chromium.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      ...folders.map(({ name, folder }) => ({
        extends: true as const,
        test: { name, include: [`${folder}/{src,test}/**/*.test.ts`] },
      })),
      { extends: true as const, test: { name: "workspace", include: ["test/**/*.test.ts", "scripts/**/*.test.ts"] } },
    ],
  },
});
