import { connectionFailure, rootOf, type TransportFailure } from "@holdfast/redis-engine";

/** ioredis refuses to write while it is not connected, and has no code for that. */
const NOT_WRITTEN = /isn't writeable|Cluster isn't ready|Failed to refresh slots cache|All sentinels are unreachable/;

/** Says what an error of ioredis means. */
export function toFailure(error: unknown): TransportFailure {
  const root = rootOf(error);
  const { name, message } = root;
  if (name === "ReplyError") return ofReply(message);
  if (name === "ParserError" || /Protocol error|Unknown RESP type/.test(message)) {
    return misconfigured(
      "What answers there does not speak the Redis protocol. Check host and port; a REST URL belongs to upstashBackend().",
    );
  }
  const failure = connectionFailure(root);
  return failure.kind === "unreachable" && NOT_WRITTEN.test(message) ? { ...failure, outcome: "not-applied" } : failure;
}

function ofReply(message: string): TransportFailure {
  if (message.includes("cluster support disabled")) {
    return misconfigured("The server is not part of a cluster: pass { url } instead of { cluster }.");
  }
  if (/^(MOVED|CROSSSLOT)/.test(message)) {
    return misconfigured("The server is part of a cluster: pass { cluster: { nodes: [url] } } instead of { url }.");
  }
  return { kind: "rejected", message };
}

function misconfigured(message: string): TransportFailure {
  return { kind: "misconfigured", message };
}
