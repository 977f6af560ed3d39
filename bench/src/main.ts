import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { batchSection } from "./batch.ts";
import { codecSection } from "./codec.ts";
import { growthSection } from "./growth.ts";
import { httpSection } from "./http.ts";
import { invalidationSection } from "./invalidation.ts";
import { memorySection } from "./memory.ts";
import { peersSection } from "./peers.ts";
import { redisSection } from "./redis.ts";
import { print, type Row } from "./report.ts";
import { sessionsSection } from "./sessions.ts";

const SECTIONS = [
  codecSection,
  memorySection,
  redisSection,
  batchSection,
  httpSection,
  invalidationSection,
  peersSection,
];
/** Too long for every run. */
const ON_REQUEST = [sessionsSection, growthSection];
const ALL = [...SECTIONS, ...ON_REQUEST];

const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, json: { type: "boolean" } } });
const unknown = values.only?.find((name) => !ALL.some((section) => section.name === name));
if (unknown !== undefined) {
  console.error(`There is no section "${unknown}". Sections: ${ALL.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

const machine = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  cores: cpus().length,
  /** Processes that wanted a core in the last minute: above 0.5 others are at work, and figures blur. */
  loadBefore: Number(loadavg()[0]!.toFixed(2)),
};
if (!values.json) {
  console.log(
    `${machine.date}, Node ${machine.node}, ${machine.cores} cores, load before the run ${machine.loadBefore}.`,
  );
  console.log("Interleaved rounds, medians. Times are multiples of the first row of a group, throughputs parts of it.");
}
const sections: Record<string, Row[]> = {};
for (const { name, run } of values.only ? ALL.filter((section) => values.only?.includes(section.name)) : SECTIONS) {
  sections[name] = await run();
  if (!values.json) print(name, sections[name]);
}
const missed = Object.values(sections)
  .flat()
  .filter(({ holds }) => holds === false);
if (values.json) console.log(JSON.stringify({ machine, sections, missed: missed.length }, null, 2));
else console.log(`\n${missed.length === 0 ? "Every target holds." : `${missed.length} missed.`}`);
