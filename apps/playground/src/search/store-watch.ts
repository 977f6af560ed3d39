import type { Backend } from "@holdfast/core";

/** Whether the store answered when it was last asked. */
export type StoreState = "up" | "down";

/** Remembers how the store behaves, so that the page can say it. */
export interface StoreWatch {
  /** A call was answered. */
  answered(): void;
  /** A call failed. */
  failed(): void;
  /** While the store is down, asking also pings it in the background; while it is up, asking costs nothing. */
  state(): StoreState;
}

export function watchStore(backend: Backend): StoreWatch {
  let state: StoreState = "up";
  let pinging = false;

  const ping = async (): Promise<void> => {
    if (pinging) return;
    pinging = true;
    try {
      await backend.ping({ timeout: "1s" });
      state = "up";
    } catch {
      // Still down; the next question asks again.
    } finally {
      pinging = false;
    }
  };

  return {
    answered: () => {
      state = "up";
    },
    failed: () => {
      state = "down";
    },
    state: () => {
      if (state === "down") void ping();
      return state;
    },
  };
}
