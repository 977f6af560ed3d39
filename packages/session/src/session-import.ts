import { type BackendWith, requireCapability } from "@holdfast/core";

/** A session that another system wrote. */
export interface ImportedSession {
  readonly userId?: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  /** The other system's cookie, to be forgotten by the browser. */
  readonly cookie?: string | undefined;
  /** Removes the other system's record. Called once the new session is there. */
  forget?(): Promise<unknown>;
}

/** Looks for another system's session where a request has none of ours. It becomes a new session, with a new token. */
export type SessionImport = (
  cookies: Readonly<Record<string, string | undefined>>,
) => Promise<ImportedSession | undefined>;

export interface JsonImportOptions {
  /** Where the sessions are: keys are taken as they are, without a namespace. */
  readonly backend: BackendWith<"kv">;
  /** The cookie that holds the session's id. */
  readonly cookie: string;
  /** The key of an id. @default (id) => `session:${id}` */
  readonly key?: (id: string) => string;
  /** What an id looks like; anything else costs no call of the store. @default a UUID */
  readonly id?: RegExp;
  /** Says who it is and what to keep. @default `userId` as text, the other members as data */
  readonly read?: (json: Readonly<Record<string, unknown>>) => Pick<ImportedSession, "userId" | "data"> | undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Takes over sessions that are JSON under a key with their id, as `SETEX session:<uuid> … {"userId":…}` wrote them. */
export function importJsonSessions({
  backend,
  cookie,
  key = (id) => `session:${id}`,
  id: form = UUID,
  read = readMembers,
}: JsonImportOptions): SessionImport {
  requireCapability(backend, "kv", "importJsonSessions");
  return async (cookies) => {
    const id = cookies[cookie];
    if (id === undefined || !form.test(id)) return undefined;
    const stored = key(id);
    // MGET rather than GET: of a key that holds something else it says that there is no text.
    const [text] = await backend.kv.getMany([stored]);
    const json = text === undefined ? undefined : parse(text);
    const imported = json && read(json);
    return imported && { ...imported, cookie, forget: () => backend.kv.delete([stored]) };
  };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A number beyond 2^53 has lost digits by now: it may be another user's. */
function readMembers({ userId, ...data }: Readonly<Record<string, unknown>>): Pick<ImportedSession, "userId" | "data"> {
  const known = typeof userId === "string" || Number.isSafeInteger(userId);
  return { userId: known ? String(userId) : undefined, data };
}
