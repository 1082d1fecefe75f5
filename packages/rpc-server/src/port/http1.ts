import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ServerObserver } from "../observe.ts";
import { peerOf } from "../peer.ts";
import { discardRest } from "./discard-rest.ts";

// An import would read all exports of node:http, getters too, and one of them
// loads a whole HTTP client: a fifth of the time that a server takes to start.
const { createServer } = process.getBuiltinModule("node:http");

export interface Http1Options {
  readonly observer: ServerObserver | undefined;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Of a request's header, in octets. */
  readonly maxHeaderSize: number;
  /** Until a request's header is complete, in ms. */
  readonly headersMs: number;
  /** How long a connection may wait for its next request, in ms. */
  readonly keepAliveMs: number;
}

/** Serves HTTP/1.1, with `node:http`, on sockets that others have accepted. */
export class Http1 {
  readonly #server: Server;
  readonly #observer: ServerObserver | undefined;
  readonly #sockets: Set<Socket> = new Set();
  readonly #drained: PromiseWithResolvers<void> = Promise.withResolvers();
  #calls = 0;
  #draining = false;

  constructor({ observer, handle, maxHeaderSize, headersMs, keepAliveMs }: Http1Options) {
    this.#observer = observer;
    this.#server = createServer({
      maxHeaderSize,
      headersTimeout: headersMs,
      keepAliveTimeout: keepAliveMs,
    });
    this.#server.on("request", (request, response) => {
      this.#begin(response);
      discardRest(request, response);
      handle(request, response);
    });
    // Node watches over a server's connections, for its timeouts and for
    // closing the idle ones, from this event on: this one never listens itself.
    this.#server.emit("listening");
  }

  /** Requests whose response isn't complete. */
  get calls(): number {
    return this.#calls;
  }

  /** Serves a socket of which nothing has been read. */
  take(socket: Socket): void {
    if (this.#draining) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.#observe(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#settle();
    });
    this.#server.emit("connection", socket);
  }

  /** Closes each connection as its response is complete. Resolves when all are closed. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#server.close();
    this.#settle();
    await this.#drained.promise;
  }

  async destroy(): Promise<void> {
    const drained = this.drain();
    for (const socket of this.#sockets) socket.destroy();
    await drained;
  }

  #observe(socket: Socket): void {
    const observer = this.#observer;
    if (observer === undefined) return;
    const peer = peerOf(socket, "1.1");
    observer.connectionOpened?.(peer);
    socket.once("close", () => observer.connectionClosed?.(peer, ""));
  }

  #begin(response: ServerResponse): void {
    this.#calls++;
    if (this.#draining) response.setHeader("connection", "close");
    response.once("close", () => {
      this.#calls--;
      // What was kept alive before the drain is idle only now.
      if (this.#draining) setImmediate(() => this.#server.closeIdleConnections());
    });
  }

  #settle(): void {
    if (this.#draining && this.#sockets.size === 0) this.#drained.resolve();
  }
}
