import { HoldfastError } from "@holdfast/core";
import { backends } from "./backend.ts";
import { readEnvironment } from "./environment.ts";
import { type Atlas, startAtlas } from "./start-atlas.ts";

/** Starts Atlas as the environment says and stops it on SIGINT or SIGTERM, with exit code 0. */
async function main(): Promise<void> {
  const { backend: name, host, port } = readEnvironment(process.env);
  console.log("Atlas is loading the cities …");
  const backend = await backends[name]();
  const atlas = await startAtlas({ backend, host, port, say: console.log });
  process.once("SIGINT", () => stop(atlas));
  process.once("SIGTERM", () => stop(atlas));
  console.log(`Atlas is ready at ${atlas.url} (backend: ${name})`);
  console.log("To try: search twice. Then open it in two browsers, sign in with one name in both, and sign one out.");
}

/** The second signal finds no handler and ends the process at once. */
function stop(atlas: Atlas): void {
  console.log("Atlas is stopping …");
  atlas.close().then(() => process.exit(0), fail);
}

function fail(error: unknown): void {
  // A HoldfastError is meant for the reader; anything else needs its stack.
  console.error(error instanceof HoldfastError ? error.message : error);
  process.exit(1);
}

main().catch(fail);
