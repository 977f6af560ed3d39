import type { SessionCreation } from "@holdfast/core";
import { defineScript, type Script } from "../define-script.ts";
import { decodeFlag } from "../replies.ts";
import { CREATE_LUA, SESSION_LUA } from "./lua.ts";

/**
 * Creates a session where nothing is.
 * KEYS session, index, epoch · ARGV see `creationArguments` · reply 1 created, 0 the key is taken
 */
export const create: Script<[session: string, index: string, epoch: string], (string | number)[], boolean> =
  defineScript({
    name: "session.create",
    repeat: "repeatable",
    lua: `${SESSION_LUA}${CREATE_LUA}
return create(KEYS[1], KEYS[2], KEYS[3], 1, now_ms()) and 1 or 0`,
    decode: decodeFlag,
  });

/** What the scripts that create a session take of it. */
export function creationArguments(creation: SessionCreation): (string | number)[] {
  const { keys, digest, userId, device, fields, idleMs, absoluteMs, epoch } = creation;
  const names = [
    ...(userId === undefined ? [] : ["u", userId]),
    ...(device === undefined ? [] : ["n", device]),
    ...Array.from(fields, ([field, text]) => [`:${field}`, `1:${text}`]).flat(),
  ];
  return [keys.session, digest, idleMs, absoluteMs, userId === undefined ? "" : epoch, ...names];
}
