import { randomBytes } from "node:crypto";
import { z } from "zod";
import { GatewayError } from "./gateway-error.ts";

/** Options of `startGateway`. */
export interface GatewayOptions {
  /** The Redis server, as `redis://[user:password@]host[:port][/database]`, or `rediss:` for TLS. */
  redis: string;
  /**
   * The TCP port to listen on, 0 to 65535; 0 takes a free one.
   * @default 0
   */
  port?: number;
  /**
   * The address to listen on. Any other than loopback opens the Redis server to the network, guarded by the token.
   * @default "127.0.0.1"
   */
  host?: string;
  /**
   * The token that grants everything; at least one character, no white space.
   * @default 43 random characters, new at each start
   */
  token?: string;
  /**
   * A second token that grants reading only.
   * @default none
   */
  readOnlyToken?: string;
  /**
   * The largest request body, in bytes; over it the answer is 413.
   * @default 10_485_760 (10 MiB, as Upstash allows)
   */
  maxBodyBytes?: number;
  /**
   * How long a request waits for a lost Redis connection to come back, in milliseconds; then the answer is 503.
   * @default 1_000
   */
  connectWaitMs?: number;
  /**
   * How long Redis may stay silent while it owes a reply, in milliseconds; then the connection is renewed and every
   * request that waited on it is answered 503. Blocking commands are exempt.
   * @default 2_000
   */
  replyTimeoutMs?: number;
}

/** The options with every default filled in. */
export interface ResolvedGatewayOptions {
  readonly redis: string;
  readonly port: number;
  readonly host: string;
  readonly token: string;
  readonly readOnlyToken?: string | undefined;
  readonly maxBodyBytes: number;
  readonly connectWaitMs: number;
  readonly replyTimeoutMs: number;
}

const token = z.string().regex(/^\S+$/, "must be at least one character, without white space");
const milliseconds = z.int().min(1).max(2_147_483_647);

const schema = z
  .object({
    redis: z.url({ protocol: /^rediss?$/, error: "must be a redis:// or rediss:// URL" }),
    port: z.int().min(0).max(65_535).default(0),
    host: z.string().min(1).default("127.0.0.1"),
    token: token.default(() => randomBytes(32).toString("base64url")),
    readOnlyToken: token.optional(),
    maxBodyBytes: z
      .int()
      .min(1)
      .default(10 * 1024 * 1024),
    connectWaitMs: milliseconds.default(1_000),
    replyTimeoutMs: milliseconds.default(2_000),
  })
  .refine((options) => options.token !== options.readOnlyToken, {
    path: ["readOnlyToken"],
    error: "must differ from token",
  });

/** @throws {GatewayError} `INVALID_OPTIONS`, naming each option that is wrong and never its value. */
export function resolveOptions(options: GatewayOptions): ResolvedGatewayOptions {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    ({ path, message }) => `${path.map(String).join(".") || "options"}: ${message}`,
  );
  throw new GatewayError("INVALID_OPTIONS", `startGateway was given wrong options. ${faults.join("; ")}`);
}
