export type { CookieOptions } from "./cookie-options.ts";
export type { SessionEvent } from "./events.ts";
export type { SessionOptions } from "./options.ts";
export type { NodeHeaders, SessionInput } from "./request-facts.ts";
export type { NumberField, ReadonlySession, Session, SessionStatus } from "./session.ts";
export {
  type ImportedSession,
  importJsonSessions,
  type JsonImportOptions,
  type SessionImport,
} from "./session-import.ts";
export { createSessions, type Sessions } from "./sessions.ts";
export type { UserSession } from "./user-sessions.ts";
