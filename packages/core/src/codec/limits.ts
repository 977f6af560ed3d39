/** How deeply objects, arrays, maps and sets may be nested in a value. */
export const MAX_DEPTH = 1_000;
