import type { Limits } from "@privet/http2";
import { accept, memoryPipe } from "@privet/http2/node";
import type { SocketConnection, SocketHandler, TimingWheel, Turn } from "@privet/http2/node";
import type { Duplex } from "node:stream";
import { abortAll, activeStreams, drainAll } from "./connections.ts";
import type { Port } from "./port.ts";

export interface MemoryPortOptions {
  readonly session: (connection: SocketConnection) => SocketHandler;
  readonly limits: Partial<Limits>;
  readonly wheel: TimingWheel;
  readonly turn: Turn;
}

/** Connections without a network: HTTP/2 over pairs of pipes. */
export class MemoryPort implements Port {
  readonly number = 0;
  readonly #options: MemoryPortOptions;
  readonly #connections: Set<SocketConnection> = new Set();
  #draining = false;

  constructor(options: MemoryPortOptions) {
    this.#options = options;
  }

  /**
   * Opens a connection.
   *
   * @returns the client's end, for `connect()` of `@privet/http2/node` or any client of HTTP/2
   * @throws Error once the server stops
   */
  connect(): Duplex {
    if (this.#draining) throw new Error("the server has been stopped");
    const { session: handler, limits, wheel, turn } = this.#options;
    const pipe = memoryPipe();
    const connection = accept(pipe.server, { handler, limits, wheel, turn });
    this.#connections.add(connection);
    void connection.ended.then(() => this.#connections.delete(connection));
    return pipe.client;
  }

  get calls(): number {
    return activeStreams(this.#connections);
  }

  async drain(): Promise<void> {
    this.#draining = true;
    await drainAll(this.#connections);
  }

  async destroy(): Promise<void> {
    this.#draining = true;
    await abortAll(this.#connections);
  }
}
