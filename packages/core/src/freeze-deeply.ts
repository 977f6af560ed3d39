/** @returns Whether everything in `value` is now frozen: it is plain data all the way down. */
export function freezeDeeply(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Object.isFrozen(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false;
  // Cycles end here: what is frozen already is not visited again.
  Object.freeze(value);
  let all = true;
  for (const member of Object.values(value)) all = freezeDeeply(member) && all;
  return all;
}
