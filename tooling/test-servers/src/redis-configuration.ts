/** Directives of `redis.conf` by name. */
export type RedisConfiguration = Readonly<Record<string, string>>;

/** Without snapshots and with small buffers: a server for a test starts in 20 ms and writes nothing unasked. */
export function writeConfiguration(port: number, bindAddress: string, directives: RedisConfiguration = {}): string {
  const all: RedisConfiguration = {
    port: String(port),
    bind: bindAddress,
    "protected-mode": "no",
    daemonize: "no",
    save: "",
    appendonly: "no",
    // Shut down in order, a server keeps its data for the restart, although it takes no snapshots of itself.
    "shutdown-on-sigterm": "save",
    // In seconds; a frozen replica is not waited for longer.
    "shutdown-timeout": "1",
    ...directives,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} ${value === "" || /[\s"#]/.test(value) ? JSON.stringify(value) : value}\n`)
    .join("");
}
