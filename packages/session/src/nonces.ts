import { randomText } from "@holdfast/core";

const EPOCH_CHARACTERS = 16;
const COMMIT_ID_CHARACTERS = 8;

/** What a user's sessions are created under; another one voids them. */
export function createEpoch(): string {
  return randomText(EPOCH_CHARACTERS);
}

/** Unlike a session's last eight. It need not be secret, so that it need not wait for randomness that is. */
export function createCommitId(): string {
  return Math.floor(Math.random() * 36 ** COMMIT_ID_CHARACTERS)
    .toString(36)
    .padStart(COMMIT_ID_CHARACTERS, "0");
}
