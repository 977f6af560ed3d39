/** One server process on a {@link Machine}. */
export interface MachineProcess {
  /** Sends a signal; an error only if the machine itself is out of reach. A process that has ended is left alone. */
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Resolves when the process has ended. */
  waitForEnd(): Promise<void>;
  isRunning(): boolean;
}

/** Where Redis processes run: this computer, or one container. Servers on one machine reach each other at 127.0.0.1. */
export interface Machine {
  /** The addresses that a server must listen on to be reached at 127.0.0.1 from here. */
  readonly bindAddress: string;
  /** Writes a server's configuration into its own folder, which also keeps its data. */
  prepare(serverName: string, configuration: string): Promise<string>;
  /** Starts `redis-server <folder>/redis.conf`. */
  launch(folder: string, flags: readonly string[]): Promise<MachineProcess>;
  /** The end of the server's log, for error messages. */
  readLog(folder: string): Promise<string>;
  /** Deletes every folder. Every process must have ended. */
  dispose(): Promise<void>;
}
