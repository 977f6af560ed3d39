/** What happened to a session. `id` is its public handle; tokens, digests and data are never in an event. */
export type SessionEvent =
  | { readonly type: "created"; readonly id: string; readonly userId: string | undefined }
  /** The id was replaced: at sign-in `id` is the new one. */
  | { readonly type: "rotated"; readonly id: string; readonly userId: string | undefined }
  | { readonly type: "ended"; readonly id: string; readonly userId: string | undefined }
  | { readonly type: "revoked"; readonly id: string; readonly userId: string }
  | { readonly type: "revokedAll"; readonly userId: string; readonly exceptId: string | undefined }
  /** A cookie led to no session that is alive. */
  | { readonly type: "refused"; readonly status: "expired" | "revoked" | "replaced" | "unknown" | "tampered" }
  /** A request's changes came too late: its session had ended, or its token was replaced. */
  | { readonly type: "discarded"; readonly id: string | undefined; readonly fields: readonly string[] }
  | { readonly type: "conflict"; readonly id: string; readonly fields: readonly string[] }
  /** Stored data was refused by the schema or the codec. */
  | { readonly type: "invalid"; readonly id: string; readonly error: unknown }
  /** Sessions of another system were taken over. */
  | { readonly type: "imported"; readonly id: string; readonly userId: string | undefined }
  | { readonly type: "storeError"; readonly operation: string; readonly error: unknown };
