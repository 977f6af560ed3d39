import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { codecSection } from "./codec.ts";
import { growthSection } from "./growth.ts";
import { httpSection } from "./http.ts";
import { invalidationSection } from "./invalidation.ts";
import { memorySection } from "./memory.ts";
import { peersSection } from "./peers.ts";
import { redisSection } from "./redis.ts";
import { print, type Row } from "./report.ts";

const SECTIONS = [codecSection, memorySection, redisSection, httpSection, invalidationSection, peersSection];
/** Too long for every run. */
const ON_REQUEST = [growthSection];
const ALL = [...SECTIONS, ...ON_REQUEST];

const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, json: { type: "boolean" } } });
const unknown = values.only?.find((name) => !ALL.some((section) => section.name === name));
if (unknown !== undefined) {
  console.error(`There is no section "${unknown}". Sections: ${ALL.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

const results: Record<string, Row[]> = {};
if (!values.json) {
  console.log(
    `Node ${process.version}, ${cpus().length} cores. Medians of interleaved rounds; times as multiples of the first row.`,
  );
}
for (const { name, run } of values.only ? ALL.filter((section) => values.only?.includes(section.name)) : SECTIONS) {
  results[name] = await run();
  if (!values.json) print(name, results[name]);
}
if (values.json) console.log(JSON.stringify(results, null, 2));
const missed = Object.values(results)
  .flat()
  .filter(({ holds }) => holds === false);
if (!values.json) console.log(`\n${missed.length === 0 ? "Every target holds." : `${missed.length} missed.`}`);
