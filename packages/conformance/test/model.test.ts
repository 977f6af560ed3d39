import { memoryBackend } from "@holdfast/adapter-memory";
import type { Backend } from "@holdfast/core";
import { describe, expect, test } from "vitest";
import { KV_OTHER_DEFECTS } from "./broken/kv-other-defects.ts";
import { KV_TEXT_DEFECTS } from "./broken/kv-text-defects.ts";
import { SESSION_DEFECTS } from "./broken/session-defects.ts";
import { SESSION_TOKEN_DEFECTS } from "./broken/session-token-defects.ts";
import { agreeOnPort, agreeOnSessions, agreeOnValues } from "./model/agree.ts";
import { describeModel } from "./model/describe-model.ts";

describeModel("another memory", async () => memoryBackend(), 20);

/** Defects that a sequence of steps by one caller can show. */
const SHOWN_BY_STEPS = [
  "an empty text reads as missing",
  "numeric text becomes a number's",
  "a leading byte order mark is dropped",
  "getMany reads duplicates once",
  "getMany fails at a hash",
  "set ignores its condition",
  "setMany writes the last entry first",
  "setMany ignores the TTL",
  "compareAndSet always writes",
  "set ignores the TTL",
  "touch creates what is missing",
  "hashSet keeps the hash's TTL",
  "increment creates without a TTL",
  "increment takes every text that JavaScript takes for a number",
  "increment checks the range in floating point",
  "fields go through an object",
  "an empty hash stays",
  "scan leaves hashes out",
] as const;

const SESSION_DEFECTS_SHOWN_BY_STEPS = [
  "an empty name is none",
  "a creation says yes where the key is taken",
  "another token ends a session",
  "an expired session is unknown",
  "each load moves the end",
  "a commit only prolongs",
  "the last writer wins",
  "what is applied before a conflict stays",
  "what is not there cannot be unset",
  "a repeated commit is another one",
  "an increment is a set of what was read",
  "text that is no number counts as 0",
  "a token that was replaced is dead at once",
  "grace does not end",
  "a refused commit replaces the token",
  "a replacement does not look at the version",
  "a repeated replacement is gone",
  "what is not replaced leaves its successor behind",
  "nobody is spared",
  "sessions without a user are listed",
] as const;

/** By far enough to meet each defect; shrinking what is found would only take time. */
const UNTIL_FAILURE = { numRuns: 2_000, endOnFailure: true };
/** What repeats the failure. */
const SEED = /seed: -?\d+, path: /;

const broken = (name: string) => async (): Promise<Backend> => {
  const defects = [...KV_TEXT_DEFECTS, ...KV_OTHER_DEFECTS, ...SESSION_DEFECTS, ...SESSION_TOKEN_DEFECTS];
  const defect = defects.find((candidate) => candidate.name === name);
  if (!defect) throw new Error(`There is no defect named ${JSON.stringify(name)}.`);
  return defect.breakIt(memoryBackend());
};

describe("the comparison notices", () => {
  test.for(SHOWN_BY_STEPS)("%s", async (name) => {
    await expect(agreeOnPort(broken(name), UNTIL_FAILURE)).rejects.toThrow(SEED);
  });

  test.for(SESSION_DEFECTS_SHOWN_BY_STEPS)("in sessions: %s", async (name) => {
    await expect(agreeOnSessions(broken(name), UNTIL_FAILURE)).rejects.toThrow(SEED);
  });

  test("a change of values", async () => {
    await expect(agreeOnValues(broken("text is normalised"), UNTIL_FAILURE)).rejects.toThrow(SEED);
  });
});
