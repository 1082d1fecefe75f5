import { constants } from "node:crypto";
import { createServer as createPlainServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import {
  createSecureContext,
  createServer as createTlsServer,
  Server as TlsServer,
} from "node:tls";
import type { TLSSocket, TlsOptions } from "node:tls";
import { defaultLimits } from "../limits.ts";
import type { Limits } from "../limits.ts";
import { emptyAcceptQueue } from "./accept-queue.ts";
import { Arrival } from "./arrival.ts";
import { Driver } from "./driver.ts";
import type { SocketConnection, SocketHandler } from "./driver.ts";
import { MemoryWatch } from "./memory-watch.ts";
import type { MemoryLevel } from "./memory-watch.ts";
import { CIPHERS, SOCKET_OPTIONS } from "./socket-options.ts";
import { threadWheel } from "./timing-wheel.ts";
import { threadTurn } from "./turn.ts";

export interface ListenOptions {
  /** Makes the application's side of each accepted connection. */
  readonly handler: (connection: SocketConnection) => SocketHandler;
  /** 0 takes a free port. One of `port` and `path` is needed. */
  readonly port?: number;
  /** Default: all addresses, IPv6 and IPv4. */
  readonly host?: string;
  /** A unix socket, instead of `host` and `port`. */
  readonly path?: string;
  /** Lets other processes and threads listen on the same port; the kernel spreads connections over them. Default false. */
  readonly reusePort?: boolean;
  /** Connections that wait to be accepted. Default 511, as Node's. */
  readonly backlog?: number;
  /** Sockets open at once; further ones are closed as they are accepted. Default 10,000. */
  readonly maxConnections?: number;
  /**
   * Resident memory of the process, in octets, from which on streams that the
   * peer's windows hold back have less time (`stalledSendPressureMs`), and
   * idle connections are drained, the oldest first. Default Infinity.
   */
  readonly memorySoftBytes?: number;
  /** The same, from which on new connections are closed as they are accepted. Default Infinity. */
  readonly memoryHardBytes?: number;
  /** Certificate, key and the like, for TLS. Without it: plain TCP (h2c with prior knowledge). */
  readonly tls?: ServerTls;
  /** Until a TLS handshake is complete, in ms. Default 10,000. */
  readonly tlsHandshakeMs?: number;
  /**
   * Takes what speaks HTTP/1.1, as if it had accepted it itself: give it to
   * `httpServer.emit("connection", socket)`. Without it, such sockets are closed.
   */
  readonly http1?: (socket: Socket) => void;
  /** Is told of sockets that failed before they were a connection, such as in their TLS handshake. Default: nobody is. */
  readonly onError?: (error: Error) => void;
  /** Laid over `defaultLimits("server")`. */
  readonly limits?: Partial<Limits>;
  /** Count what goes beyond the budgets and let it pass. Default false. */
  readonly observe?: boolean;
}

/** Options of `node:tls` but those that HTTP/2 settles (RFC 9113 §9.2). */
export type ServerTls = Omit<
  TlsOptions,
  "ALPNProtocols" | "ALPNCallback" | "secureOptions" | "handshakeTimeout" | "allowHalfOpen"
>;

/** Connections that wait to be accepted: Node's own default. */
const BACKLOG = 511;

/** How long a socket that has been accepted may still take, once the end has begun, to say what it speaks, in ms. */
const LATE_MS = 2000;

/** Idle connections drained at once: their clients come back, and some memory may be free by then. */
const MAX_SHED = 100;

/** A port or path at which connections are accepted. */
export interface Listener extends AsyncDisposable {
  /** As bound; a unix socket's path as it was given. */
  readonly address: AddressInfo | string;
  /** The HTTP/2 connections that are open. */
  readonly connections: ReadonlySet<SocketConnection>;
  /**
   * New handshakes use this certificate, key and the like; connections that are
   * open go on with theirs. Whether clients need certificates stays as it was.
   *
   * @throws TypeError without TLS
   * @throws Error for what OpenSSL can't use; what was in use stays in use
   */
  setSecureContext(tls: ServerTls): void;
  /**
   * Drains every connection (GOAWAY; streams that are open go on), accepts what
   * waits for it in the kernel and then no more, and resolves when all have
   * ended. Who had just connected is drained too: requests that come with the
   * preface are served, if they come within 2 s.
   */
  close(): Promise<void>;
  /** Accepts no more and ends every connection at once. Resolves when their sockets are gone. */
  destroy(): Promise<void>;
}

/**
 * Accepts connections.
 *
 * @throws Error as of `net.Server`: EADDRINUSE, EACCES and the like
 * @throws Error for a certificate or key that OpenSSL can't use
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const doorway = new Doorway(options);
  await doorway.open();
  return doorway;
}

/** OPEN serves whom it accepts, CLOSING drains them at once, CLOSED turns them away. */
type State = "OPEN" | "CLOSING" | "CLOSED";

class Doorway implements Listener {
  readonly connections: Set<SocketConnection> = new Set();
  readonly #options: ListenOptions;
  readonly #server: Server;
  /** Sockets of which it isn't known yet what they speak. */
  readonly #arriving: Set<Socket> = new Set();
  readonly #prefaceMs: number;
  readonly #memory: MemoryWatch;
  /** Sockets in their TLS handshake. */
  #handshakes = 0;
  #state: State = "OPEN";
  /** Called when a socket has said what it speaks, or is lost. */
  #noteArrived: () => void = () => {};
  #address: AddressInfo | string = "";

  constructor(options: ListenOptions) {
    this.#options = options;
    this.#prefaceMs = options.limits?.prefaceMs ?? defaultLimits("server").prefaceMs;
    this.#server = options.tls === undefined ? this.#plainServer() : this.#tlsServer(options.tls);
    this.#server.maxConnections = options.maxConnections ?? 10_000;
    this.#memory = new MemoryWatch({
      softBytes: options.memorySoftBytes ?? options.memoryHardBytes ?? Infinity,
      hardBytes: options.memoryHardBytes ?? Infinity,
      wheel: threadWheel,
      onLevel: (level) => this.#shed(level),
    });
  }

  get address(): AddressInfo | string {
    return this.#address;
  }

  async open(): Promise<void> {
    const { port, host, path, reusePort = false, backlog = BACKLOG } = this.#options;
    if ((port === undefined) === (path === undefined)) {
      throw new TypeError("listen() needs either a port or the path of a unix socket");
    }
    const server = this.#server;
    // Node takes a port that is undefined for 0.
    const place = path === undefined ? { port, host, reusePort } : { path };
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ ...place, backlog }, () => {
        server.removeListener("error", reject);
        resolve();
      });
    });
    server.on("error", (error) => this.#report(error));
    this.#address = server.address() ?? path ?? "";
    this.#memory.start();
  }

  setSecureContext(tls: ServerTls): void {
    if (!(this.#server instanceof TlsServer)) {
      throw new TypeError("setSecureContext() needs a listener with TLS");
    }
    // Node forgets the old context before it has tried the new one.
    createSecureContext(secureContext(tls));
    this.#server.setSecureContext(secureContext(tls));
  }

  async close(): Promise<void> {
    this.#memory.stop();
    if (this.#state === "OPEN") this.#state = "CLOSING";
    for (const { connection } of this.connections) {
      connection.drain("shutdown");
    }
    await emptyAcceptQueue(this.#server, this.#options.backlog ?? BACKLOG);
    this.#stopListening();
    await this.#allArrived();
    this.#turnAllAway();
    await this.#allEnded();
  }

  async destroy(): Promise<void> {
    this.#memory.stop();
    this.#stopListening();
    this.#turnAllAway();
    for (const connection of this.connections) {
      connection.destroy();
    }
    await this.#allEnded();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy();
  }

  #plainServer(): Server {
    return createPlainServer(SOCKET_OPTIONS, (socket) => this.#sniff(socket));
  }

  #tlsServer(tls: ServerTls): Server {
    const { http1, tlsHandshakeMs } = this.#options;
    const server = createTlsServer({
      ...secureContext(tls),
      ...SOCKET_OPTIONS,
      ALPNProtocols: http1 === undefined ? ["h2"] : ["h2", "http/1.1"],
      handshakeTimeout: tlsHandshakeMs ?? 10_000,
    });
    // One of the other two follows in any case.
    server.on("connection", () => this.#handshakes++);
    server.on("secureConnection", (socket) => {
      this.#welcome(socket);
      this.#endHandshake();
    });
    server.on("tlsClientError", (error, socket) => {
      // Node leaves a socket open whose handshake took too long.
      this.#turnAway(socket);
      this.#endHandshake();
      this.#report(error);
    });
    return server;
  }

  /** Not after the end, which a TLS handshake can outlast, nor without memory. */
  get #accepting(): boolean {
    return this.#state !== "CLOSED" && this.#memory.level !== "critical";
  }

  #endHandshake(): void {
    this.#handshakes--;
    this.#noteArrived();
  }

  #welcome(socket: TLSSocket): void {
    if (!this.#accepting) {
      this.#turnAway(socket);
    } else if (socket.alpnProtocol === "h2") {
      this.#serve(socket, threadTurn.now(), "goaway");
    } else if (socket.alpnProtocol === "http/1.1") {
      this.#handOver(socket);
    } else {
      // HTTP/2 over TLS needs ALPN (RFC 9113 §3.2); clients without it speak HTTP/1.1.
      this.#sniff(socket);
    }
  }

  #sniff(socket: Socket): void {
    if (!this.#accepting) {
      this.#turnAway(socket);
      return;
    }
    this.#arriving.add(socket);
    const now = threadTurn.now();
    const arrival = new Arrival(socket, now + this.#prefaceMs, (opening) => {
      this.#arriving.delete(socket);
      if (opening === "http1") {
        this.#handOver(socket);
      } else if (opening === "http2" && this.#options.tls === undefined) {
        this.#serve(socket, now, "silence");
      } else {
        this.#turnAway(socket);
      }
      this.#noteArrived();
    });
    arrival.start();
  }

  #handOver(socket: Socket): void {
    const { http1 } = this.#options;
    if (http1 === undefined) {
      this.#turnAway(socket);
    } else {
      this.#guard(socket, () => http1(socket));
    }
  }

  /** What the application's code throws costs this socket alone. */
  #guard(socket: Socket, use: () => void): void {
    try {
      use();
    } catch (error) {
      this.#turnAway(socket);
      this.#report(error as Error);
    }
  }

  #serve(socket: Socket, since: number, invalidPreface: "goaway" | "silence"): void {
    const { handler, limits, observe } = this.#options;
    const options = { handler, limits, observe, invalidPreface, since };
    this.#guard(socket, () => {
      const driver = new Driver({ ...options, socket, role: "server" });
      this.connections.add(driver);
      if (this.#state === "CLOSING") driver.connection.drain("shutdown");
      if (this.#memory.level !== "normal") driver.connection.setMemoryPressure(true);
      void driver.ended.then(() => this.connections.delete(driver));
    });
  }

  #turnAway(socket: Socket): void {
    socket.on("error", () => {});
    socket.destroy();
  }

  /** Memory is short, or no longer so. */
  #shed(level: MemoryLevel): void {
    let drained = 0;
    for (const { connection } of this.connections) {
      connection.setMemoryPressure(level !== "normal");
      const idle = connection.activeStreams === 0 && !connection.draining;
      if (level !== "normal" && idle && drained < MAX_SHED) {
        connection.drain("max_idle");
        drained++;
      }
    }
  }

  #stopListening(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Resolves when of no socket it is open what it speaks, or when that has taken too long. */
  async #allArrived(): Promise<void> {
    const late = setTimeout(() => this.#turnAllAway(), LATE_MS);
    while (this.#state !== "CLOSED" && (this.#arriving.size > 0 || this.#handshakes > 0)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#noteArrived = resolve;
      await promise;
    }
    clearTimeout(late);
  }

  #turnAllAway(): void {
    this.#state = "CLOSED";
    for (const socket of this.#arriving) socket.destroy();
    this.#noteArrived();
  }

  async #allEnded(): Promise<void> {
    await Promise.all(Array.from(this.connections, (connection) => connection.ended));
  }

  #report(error: Error): void {
    this.#options.onError?.(error);
  }
}

function secureContext(tls: ServerTls): TlsOptions {
  return {
    ciphers: CIPHERS,
    honorCipherOrder: true,
    minVersion: "TLSv1.2",
    ...tls,
    // Forbidden for HTTP/2, RFC 9113 §9.2.1; and a cheap way to make a server work.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}
