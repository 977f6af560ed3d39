export { describeBackend, listTests } from "./describe-backend.ts";
export type { Harness, Skip } from "./harness.ts";
export type { Matchers, TestRunner } from "./runner.ts";
