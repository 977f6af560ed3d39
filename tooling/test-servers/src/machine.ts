/** One server process on a {@link Machine}. */
export interface MachineProcess {
  /** Sends a signal. A process that has ended is left alone. */
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Resolves when the process has ended. */
  waitForEnd(): Promise<void>;
  isRunning(): Promise<boolean>;
}

/** Where Redis processes run: this computer, or one container. Servers on one machine reach each other at 127.0.0.1. */
export interface Machine {
  /** The address that a server must listen on to be reached at 127.0.0.1 from here. */
  readonly bindAddress: string;
  /** A port that is free, as is its cluster bus at port + 10,000. */
  takePort(): Promise<number>;
  /** Writes a server's configuration into a folder of its own, which also keeps its data; returns the folder. */
  prepare(serverName: string, configuration: string): Promise<string>;
  /** Starts `redis-server <folder>/redis.conf`. */
  launch(folder: string, flags: readonly string[]): Promise<MachineProcess>;
  /** The end of the server's log, for error messages. */
  readLog(folder: string): Promise<string>;
  /** Deletes every folder. Every process must have ended. */
  dispose(): Promise<void>;
}
