/**
 * How values leave the memory tier: `"freeze"` hands out one object, frozen deeply, and copies only values with
 * dates, maps, sets and the like, which cannot be frozen; `"structured"` copies for every caller; `"none"` hands
 * out one object that callers promise not to change.
 */
export type CloneMode = "freeze" | "structured" | "none";
