export { instrumentCache } from "./instrument-cache.ts";
export type { InstrumentationOptions } from "./instruments.ts";
