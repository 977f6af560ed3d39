import type { CallOptions, EventListener, SessionStore } from "@holdfast/core";
import type { SessionEvent } from "./events.ts";
import type { ResolvedSessionOptions } from "./options.ts";
import type { SessionCookie } from "./session-cookie.ts";
import type { SessionImport } from "./session-import.ts";
import type { SessionKeySpace } from "./session-key-space.ts";

/** What the parts of one `Sessions` share. */
export interface SessionContext<Data extends object> {
  readonly options: ResolvedSessionOptions<Data>;
  readonly store: SessionStore;
  /** Of each call of the store. */
  readonly bounds: CallOptions | undefined;
  readonly keys: SessionKeySpace;
  readonly cookie: SessionCookie;
  readonly importSession: SessionImport | undefined;
  readonly emit: EventListener<SessionEvent> | undefined;
}
