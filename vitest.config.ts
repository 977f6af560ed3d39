import { defineConfig } from "vitest/config";
import { listPackages } from "./scripts/lib/workspace.ts";

export default defineConfig({
  test: {
    // Two cores serve the tests, Redis and Chromium.
    maxWorkers: 2,
    // A borrowed server is one for all: its databases and its command counts are not to be shared at one time.
    fileParallelism: !process.env["HOLDFAST_TEST_REDIS_URL"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      // Every member is a project named for its folder, so that `vitest --project kv` runs one.
      ...listPackages(import.meta.dirname).map(({ folder, path }) => ({
        extends: true as const,
        test: { name: folder, include: [`${path}/{src,test}/**/*.test.ts`] },
      })),
      { extends: true as const, test: { name: "workspace", include: ["test/**/*.test.ts", "scripts/**/*.test.ts"] } },
    ],
  },
});
