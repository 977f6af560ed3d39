import type { Backend } from "@holdfast/core";
import { createSessions, type Session, type Sessions } from "@holdfast/session";
import { z } from "zod";
import { type RecentSearch, recentSearchSchema } from "./recent-searches.ts";

/** What Atlas keeps of a visitor, apart from who is signed in. */
export interface AtlasData {
  /** As it was typed at sign-in. */
  readonly name: string;
  /** The latest first. */
  readonly recent: readonly RecentSearch[];
}

export type AtlasSession = Session<AtlasData>;
export type AtlasSessions = Sessions<AtlasData>;

const schema: z.ZodType<AtlasData> = z.object({
  name: z.string().default(""),
  recent: z.array(recentSearchSchema).default([]),
});

export function createAtlasSessions(backend: Backend): AtlasSessions {
  return createSessions<AtlasData>({
    backend,
    namespace: "atlas",
    schema,
    // Cookies know no ports: a name of its own keeps it apart from other servers on localhost.
    cookie: { name: "__Host-atlas" },
    idleTimeout: "1d",
    absoluteTimeout: "30d",
    // Searching works without the store, so looking at the page has to as well.
    onStoreError: "anonymous",
  });
}
