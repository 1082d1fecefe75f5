/** One place at which a server takes connections. */
export interface Port {
  /** The bound port; 0 where there are no numbers: a unix socket, or memory. */
  readonly number: number;
  /** Calls that are open. */
  readonly calls: number;
  /** Accepts no more and lets the connections end as their calls do. Resolves when all have ended. */
  drain(): Promise<void>;
  /** Ends all connections at once, telling their peers so. Resolves when their sockets are gone. */
  destroy(): Promise<void>;
}
