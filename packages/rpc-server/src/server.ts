import {
  compressionBrotli,
  compressionDeflate,
  compressionGzip,
  compressionZstd,
} from "@privet/grpc-wire";
import { defaultLimits } from "@privet/http2";
import { threadTurn, threadWheel, TimingWheel, Turn } from "@privet/http2/node";
import type { SocketConnection, SocketHandler } from "@privet/http2/node";
import type { Duplex } from "node:stream";
import { CallSlots } from "./call-slots.ts";
import { createCallDispatcher } from "./call/dispatcher.ts";
import type { CallDispatcher } from "./call/dispatcher.ts";
import { Drain } from "./drain.ts";
import { consoleLogger } from "./logger.ts";
import type { Logger } from "./logger.ts";
import { parseAddress } from "./port/address.ts";
import { Cors } from "./port/cors.ts";
import { openEnginePort } from "./port/engine-port.ts";
import { Http1 } from "./port/http1.ts";
import { MemoryPort } from "./port/memory-port.ts";
import type { Port } from "./port/port.ts";
import { createStockListener } from "./port/stock-listener.ts";
import type { StockListener } from "./port/stock-listener.ts";
import { openStockPort } from "./port/stock-port.ts";
import { recordRoutes } from "./record-routes.ts";
import type { ServerOptions } from "./server-options.ts";
import { Session } from "./session.ts";
import { timersOn } from "./timers.ts";
import type { ServerCredentials } from "./tls/credentials.ts";

/** A server: add ports, start, stop. */
export interface Server {
  /**
   * Listens without TLS.
   *
   * @param address `host:port`, `[::1]:port`, `:port` (all addresses, IPv6 and
   *   IPv4), `unix:path` or `unix:///path`; port 0 lets the system choose
   * @returns the bound port; 0 for a unix socket
   * @throws TypeError for what is no address
   * @throws Error with the system's `code`, such as EADDRINUSE
   * @throws Error once the server stops
   */
  addInsecurePort(address: string, options?: PortOptions): Promise<number>;
  /** Listens with TLS; else as `addInsecurePort`. @throws Error for certificates that can't be used */
  addSecurePort(
    address: string,
    credentials: ServerCredentials,
    options?: PortOptions,
  ): Promise<number>;
  /** Takes connections that are made in this process, without a network. @throws Error once the server stops */
  addInMemoryPort(): InMemoryPort;
  /** Begins to serve. Until then, connections are accepted and calls are refused. @throws Error once the server stops */
  start(): Promise<void>;
  /**
   * Stops: health becomes NOT_SERVING, no connection and no call is accepted
   * any more, and those that are open have `graceMs` to end. Then signals of
   * implementations abort with UNAVAILABLE, and half a second later what is
   * left is cut off. May be called again, to shorten the grace.
   *
   * @returns when all connections have ended
   */
  stop(options?: StopOptions): Promise<void>;
  /** Resolves when the server has stopped. */
  readonly terminated: Promise<void>;
}

export interface StopOptions {
  /** In ms. Default 0. */
  readonly graceMs?: number;
}

export interface PortOptions {
  /**
   * What speaks HTTP/2: `privet`, or Node's own `node:http2` with Connect's
   * stock adapter, to step back to. Default `privet`.
   */
  readonly engine?: "privet" | "node";
  /**
   * Lets other processes and threads listen on the same port; the kernel
   * spreads connections over them. Not with `engine: "node"`. Default false.
   */
  readonly reusePort?: boolean;
}

/** Where connections are made without a network. */
export interface InMemoryPort {
  /**
   * Opens a connection to the server.
   *
   * @returns the client's end, a stream of bytes, on which HTTP/2 is spoken
   * @throws Error once the server stops
   */
  connect(): Duplex;
}

/** Creates a server. Nothing is opened before a port is added. */
export function createServer(options: ServerOptions): Server {
  return new PortServer(options);
}

/** NEW serves no calls yet; SERVING does; STOPPING lets them end. */
type State = "NEW" | "SERVING" | "STOPPING";

class PortServer implements Server {
  readonly terminated: Promise<void>;
  readonly #options: ServerOptions;
  readonly #logger: Logger;
  readonly #terminate: () => void;
  readonly #ports: Port[] = [];
  readonly #shutdown: AbortController = new AbortController();
  readonly #clockwork: Clockwork;
  readonly #cors: Cors | undefined;
  readonly #session: (connection: SocketConnection) => SocketHandler;
  readonly #dispatcher: CallDispatcher;
  readonly #stock: StockListener;
  #state: State = "NEW";
  #drain: Drain | undefined = undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    const { logger = consoleLogger, observer, clock } = options;
    this.#logger = logger;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.terminated = promise;
    this.#terminate = resolve;
    this.#clockwork =
      clock === undefined
        ? { wheel: threadWheel, turn: threadTurn }
        : { wheel: new TimingWheel(clock), turn: new Turn(clock) };
    this.#cors = options.cors && new Cors(options.cors);
    const shared = {
      ...options,
      acceptCompression: options.acceptCompression ?? everyCompression,
      routes: recordRoutes(allRoutes(options)),
      shutdownSignal: this.#shutdown.signal,
      logger,
      observer,
      timers: timersOn(this.#clockwork.wheel),
      slots: new CallSlots(options.maxConcurrentCalls ?? Infinity),
    };
    const isServing = (): boolean => this.#state !== "NEW";
    const dispatcher = createCallDispatcher(shared);
    this.#dispatcher = dispatcher;
    const sessions = { dispatcher, cors: this.#cors, observer, logger, isServing };
    this.#session = (connection) => new Session(connection, sessions);
    this.#stock = createStockListener({ ...shared, cors: this.#cors, isServing });
  }

  addInsecurePort(address: string, options: PortOptions = {}): Promise<number> {
    return this.#open(address, undefined, options);
  }

  addSecurePort(
    address: string,
    credentials: ServerCredentials,
    options: PortOptions = {},
  ): Promise<number> {
    return this.#open(address, credentials, options);
  }

  addInMemoryPort(): InMemoryPort {
    this.#assertNotStopping();
    const { limits = {} } = this.#options;
    const port = new MemoryPort({ session: this.#session, limits, ...this.#clockwork });
    this.#ports.push(port);
    return port;
  }

  async start(): Promise<void> {
    this.#assertNotStopping();
    this.#state = "SERVING";
  }

  async stop({ graceMs = 0 }: StopOptions = {}): Promise<void> {
    if (this.#drain === undefined) {
      this.#state = "STOPPING";
      // Whoever watches learns it before the connection says that it will end.
      this.#options.health?.shutdown();
      this.#drain = new Drain({
        ports: this.#ports,
        shutdown: this.#shutdown,
        cancelAll: (error) => this.#dispatcher.cancelAll(error),
        timers: timersOn(this.#clockwork.wheel),
        logger: this.#logger,
      });
      void this.#drain.over.then(this.#terminate);
    }
    this.#drain.limit(graceMs);
    await this.terminated;
  }

  async #open(
    text: string,
    credentials: ServerCredentials | undefined,
    { engine = "privet", reusePort = false }: PortOptions,
  ): Promise<number> {
    this.#assertNotStopping();
    const {
      limits = {},
      maxConnections = 10_000,
      tlsHandshakeMs = 10_000,
      http1KeepAliveMs = 75_000,
    } = this.#options;
    const { prefaceMs, maxHeaderListSize, maxConcurrentStreams } = {
      ...defaultLimits("server"),
      ...limits,
    };
    const handle = this.#stock;
    const common = {
      address: parseAddress(text),
      credentials,
      http1: new Http1({
        handle,
        maxHeaderSize: maxHeaderListSize,
        headersMs: prefaceMs,
        keepAliveMs: http1KeepAliveMs,
      }),
      maxConnections,
      tlsHandshakeMs,
      logger: this.#logger,
    };
    const port =
      engine === "privet"
        ? await openEnginePort({ ...common, session: this.#session, limits, reusePort })
        : await openStockPort({
            ...common,
            handle,
            prefaceMs,
            maxHeaderListSize,
            maxConcurrentStreams,
          });
    if (this.#state === "STOPPING") await port.destroy();
    this.#assertNotStopping();
    this.#ports.push(port);
    return port.number;
  }

  #assertNotStopping(): void {
    if (this.#state === "STOPPING") throw new Error("the server has been stopped");
  }
}

/** In the order of preference. */
const everyCompression = [compressionGzip, compressionBrotli, compressionDeflate, compressionZstd];

interface Clockwork {
  readonly wheel: TimingWheel;
  readonly turn: Turn;
}

function allRoutes({ routes, health }: ServerOptions): ServerOptions["routes"] {
  if (health === undefined) return routes;
  return (router) => {
    health.routes(router);
    routes(router);
  };
}
