import type { SessionRecord } from "@holdfast/core";
import type { ImportedSession } from "./session-import.ts";
import type { Token } from "./token.ts";

/** What a request's cookies led to. */
export type Origin =
  | { readonly kind: "none" }
  | Live
  | Dead
  | { readonly kind: "unavailable"; readonly error: unknown }
  | { readonly kind: "imported"; readonly imported: ImportedSession };

/** A session that is alive. */
export interface Live {
  readonly kind: "live";
  readonly token: Token;
  readonly digest: string;
  readonly record: SessionRecord;
  /** Its token was replaced a moment ago, so it only reads. */
  readonly superseded: boolean;
}

/** No session, although there was a cookie. */
export interface Dead {
  readonly kind: "dead";
  readonly status: DeadStatus;
  /** The browser has a newer cookie, or gets one: this request is to leave no trace. */
  readonly isLate: boolean;
}

export type DeadStatus = "expired" | "revoked" | "replaced" | "unknown" | "tampered";
