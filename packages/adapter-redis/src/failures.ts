import { connectionFailure, rootOf, type TransportFailure } from "@holdfast/redis-engine";

/** ioredis refuses to write while it is not connected, and has no code for that. */
const NOT_WRITTEN = /isn't writeable|Cluster isn't ready|Failed to refresh slots cache/;

/** ioredis's own words are about its options. */
const CONNECTION_BROKE: TransportFailure = {
  kind: "unreachable",
  message: "the connection broke before the reply",
  outcome: "unknown",
};

/** What the last of the Sentinels said, after none of them named a master. */
const SENTINELS = /^All sentinels are unreachable.*? Last error: (.*)$/s;

/** Says what an error of ioredis means. */
export function toFailure(error: unknown): TransportFailure {
  const root = rootOf(error);
  const { name, message } = root;
  if (name === "ReplyError") return ofReply(message);
  if (name === "MaxRetriesPerRequestError") return CONNECTION_BROKE;
  if (name === "ParserError" || /Protocol error|Unknown RESP type/.test(message)) {
    return misconfigured(
      "What answers there does not speak the Redis protocol. Check host and port; a REST URL belongs to upstashBackend().",
    );
  }
  const [, lastWord] = SENTINELS.exec(message) ?? [];
  if (lastWord !== undefined) return ofSentinels(lastWord);
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
  if (message.includes("DB index is out of range")) {
    return misconfigured("The server has no database of this number. It has 0 to `databases` − 1, by default 0 to 15.");
  }
  return { kind: "rejected", message };
}

function ofSentinels(lastWord: string): TransportFailure {
  if (/^(WRONGPASS|NOAUTH|NOPERM)/.test(lastWord)) {
    return misconfigured("The Sentinels refused the credentials. Give theirs as sentinel: { username, password }.");
  }
  if (lastWord.includes("No such master")) {
    return misconfigured("The Sentinels watch no master of this name. Check sentinel: { name }.");
  }
  if (lastWord.includes("unknown command")) {
    return misconfigured("A Redis server answers there, not a Sentinel, which usually listens on port 26379.");
  }
  return { kind: "unreachable", message: `no Sentinel names a master: ${lastWord}`, outcome: "not-applied" };
}

function misconfigured(message: string): TransportFailure {
  return { kind: "misconfigured", message };
}
