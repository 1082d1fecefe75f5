import { duplexPair } from "node:stream";
import type { Duplex } from "node:stream";

/** Two joined ends: what is written to one is read from the other. */
export interface MemoryPipe {
  readonly client: Duplex;
  readonly server: Duplex;
}

/** A connection without a network: for tests, and for a client and a server in one process. */
export function memoryPipe(): MemoryPipe {
  const [client, server] = duplexPair();
  return { client, server };
}
