import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { describeBackend } from "@holdfast/conformance";
import { describe, expect, it } from "vitest";

const storage = new MemoryStorage();
describeBackend("memory", { open: async () => memoryBackend({ storage }) }, { describe, it, expect });

let nowMs = Date.now();
const frozen = new MemoryStorage({ clock: { now: () => nowMs } });
describeBackend(
  "memory under a clock of the test's",
  {
    open: async () => memoryBackend({ storage: frozen }),
    advance: async (ms) => {
      nowMs += ms;
    },
  },
  { describe, it, expect },
);

const bounded = new MemoryStorage({ maxEntries: 5_000, maxBytes: 50_000_000 });
describeBackend(
  "memory with limits",
  { open: async () => memoryBackend({ storage: bounded }) },
  { describe, it, expect },
);
