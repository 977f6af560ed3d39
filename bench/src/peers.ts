import { memoryHits } from "./peers/memory-hits.ts";
import { redisReads } from "./peers/redis-reads.ts";
import { stampedeInOneProcess, stampedeOverProcesses } from "./peers/stampede.ts";
import type { Section } from "./report.ts";

export const peersSection: Section = {
  name: "peers",
  async run() {
    return [
      ...(await memoryHits()),
      ...(await redisReads()),
      ...(await stampedeInOneProcess()),
      ...(await stampedeOverProcesses()),
    ];
  },
};
