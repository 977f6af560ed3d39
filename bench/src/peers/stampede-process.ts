import { sleep } from "../sleep.ts";
import { LIBRARIES, type Library } from "./on-redis.ts";

/** What a process is told to do. */
export interface Stampede {
  readonly library: string;
  readonly key: string;
  readonly callers: number;
}

/** One of the processes of the stampede; the URL is its argument. It ends when its parent lets go of it. */
const url = process.argv[2]!;
const open = new Map<string, Library>();
for (const [name, connect] of Object.entries(LIBRARIES)) {
  const library = connect(url);
  open.set(name, library);
  await library.get("a key that opens the connection").catch(() => undefined);
}

process.on("message", (message) => {
  void run(message as Stampede).then((runs) => process.send!(runs));
});
process.on("disconnect", () => process.exit());
process.send!("ready");

/** @returns How often the factory ran here. Half of the callers come while it computes. */
async function run({ library, key, callers }: Stampede): Promise<number> {
  const { getOrSet } = open.get(library)!;
  let runs = 0;
  const compute = async () => {
    runs += 1;
    await sleep(100);
    return { computed: true };
  };
  await Promise.all(
    Array.from({ length: callers }, async (_, index) => {
      if (index % 2 === 1) await sleep(20);
      return getOrSet!(key, compute);
    }),
  );
  return runs;
}
