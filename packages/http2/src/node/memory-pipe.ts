import { duplexPair } from "node:stream";
import type { Duplex } from "node:stream";

/** Two joined ends: what is written to one is read from the other. */
export interface MemoryPipe {
  readonly client: Duplex;
  readonly server: Duplex;
}

/**
 * A connection without a network: for tests, and for a client and a server in
 * one process. An end that is destroyed before it has ended takes the other
 * one with it, as a reset of TCP does.
 */
export function memoryPipe(): MemoryPipe {
  const [client, server] = duplexPair();
  tie(client, server);
  tie(server, client);
  return { client, server };
}

function tie(one: Duplex, other: Duplex): void {
  one.once("close", () => {
    if (!one.writableFinished) other.destroy();
  });
}
