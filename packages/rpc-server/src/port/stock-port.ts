import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type {
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  ServerHttp2Session,
} from "node:http2";
import { createServer as createPlainServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Server as TlsServer, TLSSocket } from "node:tls";
import type { Logger } from "../logger.ts";
import type { ServerObserver } from "../observe.ts";
import { peerOf } from "../peer.ts";
import type { ServerCredentials } from "../tls/credentials.ts";
import { isForged } from "../tls/identity.ts";
import type { TlsMaterial } from "../tls/material.ts";
import { Reloader } from "../tls/reloader.ts";
import type { Address } from "./address.ts";
import { bind } from "./bind.ts";
import type { Binding } from "./bind.ts";
import type { Http1 } from "./http1.ts";
import type { Port } from "./port.ts";
import { tlsOptions } from "./secure.ts";
import { sniff } from "./sniff.ts";
import { endWithResponse, StockSession } from "./stock-session.ts";

export interface StockPortOptions {
  readonly address: Address;
  /** Without them: no TLS. */
  readonly credentials: ServerCredentials | undefined;
  readonly handle: (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ) => void;
  readonly http1: Http1;
  readonly observer: ServerObserver | undefined;
  readonly maxConcurrentStreams: number;
  readonly maxHeaderListSize: number;
  /** Until it is known what a connection speaks, in ms. */
  readonly prefaceMs: number;
  readonly maxConnections: number;
  readonly tlsHandshakeMs: number;
  readonly logger: Logger;
}

/** Listens with `node:http2`, for an operator who wants to step back from our engine. */
export async function openStockPort(options: StockPortOptions): Promise<Port> {
  const port = new StockPort(options, await options.credentials?.load());
  await bind(options.address, options.logger, (binding) => port.listen(binding));
  return port;
}

class StockPort implements Port {
  readonly #options: StockPortOptions;
  /** Gets the connections that speak HTTP/2; it doesn't listen itself. */
  readonly #http2: Http2Server;
  readonly #listener: Server;
  readonly #reloader: Reloader | undefined;
  readonly #sessions: Set<StockSession> = new Set();
  /** Sockets of which it isn't known yet what they speak. */
  readonly #arriving: Set<Socket> = new Set();

  constructor(options: StockPortOptions, material: TlsMaterial | undefined) {
    this.#options = options;
    const { maxConcurrentStreams, maxHeaderListSize, maxConnections, credentials } = options;
    this.#http2 = createHttp2Server({ settings: { maxConcurrentStreams, maxHeaderListSize } });
    this.#watchHttp2();
    if (credentials === undefined || material === undefined) {
      this.#listener = createPlainServer({ noDelay: true }, (socket) => this.#sort(socket));
      this.#reloader = undefined;
    } else {
      const server = this.#tlsServer(credentials, material);
      this.#listener = server;
      this.#reloader = new Reloader(
        credentials,
        material,
        (next) => server.setSecureContext(tlsOptions(credentials, next)),
        options.logger,
      );
    }
    this.#listener.maxConnections = maxConnections;
  }

  get number(): number {
    const address = this.#listener.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  get calls(): number {
    let { calls } = this.#options.http1;
    for (const session of this.#sessions) calls += session.calls;
    return calls;
  }

  listen(binding: Binding): Promise<void> {
    const listener = this.#listener;
    return new Promise((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(binding, () => {
        listener.removeListener("error", reject);
        listener.on("error", (error) => this.#report(error));
        resolve();
      });
    });
  }

  async drain(): Promise<void> {
    this.#stopAccepting();
    const { http1 } = this.#options;
    await Promise.all([http1.drain(), ...Array.from(this.#sessions, (session) => session.drain())]);
  }

  async destroy(): Promise<void> {
    this.#stopAccepting();
    for (const session of this.#sessions) session.destroy();
    await this.#options.http1.destroy();
  }

  #tlsServer(credentials: ServerCredentials, material: TlsMaterial): TlsServer {
    const server = createTlsServer({
      ...tlsOptions(credentials, material),
      noDelay: true,
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout: this.#options.tlsHandshakeMs,
    });
    server.on("connection", (socket: Socket) => this.#expect(socket));
    server.on("secureConnection", (socket) => this.#sortByAlpn(socket));
    server.on("tlsClientError", (error) => this.#report(error));
    return server;
  }

  #watchHttp2(): void {
    const { observer } = this.#options;
    this.#http2.on("request", (request, response) => {
      endWithResponse(response);
      this.#options.handle(request, response);
    });
    this.#http2.on("session", (session: ServerHttp2Session) => {
      const tracked = new StockSession(session);
      const peer = peerOf(session.socket, "2.0");
      this.#sessions.add(tracked);
      observer?.connectionOpened?.(peer);
      session.once("close", () => {
        this.#sessions.delete(tracked);
        observer?.connectionClosed?.(peer, "");
      });
    });
    // What goes wrong on one connection is its own affair.
    this.#http2.on("sessionError", () => {});
  }

  #sort(socket: Socket): void {
    this.#expect(socket);
    sniff(socket, this.#options.prefaceMs, (isHttp2) => this.#welcome(socket, isHttp2));
  }

  #sortByAlpn(socket: TLSSocket): void {
    if (isForged(socket)) {
      socket.destroy();
    } else {
      this.#welcome(socket, socket.alpnProtocol === "h2");
    }
  }

  #welcome(socket: Socket, isHttp2: boolean): void {
    this.#arriving.delete(socket);
    if (isHttp2) {
      this.#http2.emit("connection", socket);
    } else {
      this.#options.http1.take(socket);
    }
  }

  #expect(socket: Socket): void {
    this.#arriving.add(socket);
    socket.once("close", () => this.#arriving.delete(socket));
  }

  #stopAccepting(): void {
    this.#reloader?.[Symbol.dispose]();
    if (this.#listener.listening) this.#listener.close();
    for (const socket of this.#arriving) socket.destroy();
  }

  #report(error: Error): void {
    this.#options.logger.info({ err: error }, "a connection failed before it had begun");
  }
}
