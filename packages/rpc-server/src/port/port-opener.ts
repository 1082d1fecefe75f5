import type { ConnectError } from "@connectrpc/connect";
import {
  compressionBrotli,
  compressionDeflate,
  compressionGzip,
  compressionZstd,
} from "@privet/grpc-wire";
import { defaultLimits } from "@privet/http2";
import type { Limits } from "@privet/http2";
import { threadTurn, threadWheel, TimingWheel, Turn } from "@privet/http2/node";
import type { SocketConnection, SocketHandler } from "@privet/http2/node";
import { CallSlots } from "../call-slots.ts";
import { createCallDispatcher } from "../call/dispatcher.ts";
import type { CallDispatcher } from "../call/dispatcher.ts";
import { consoleLogger } from "../logger.ts";
import type { Logger } from "../logger.ts";
import { recordRoutes } from "../record-routes.ts";
import type { ServerOptions } from "../server-options.ts";
import { Session } from "../session.ts";
import { timersOn } from "../timers.ts";
import type { Timers } from "../timers.ts";
import type { ServerCredentials } from "../tls/credentials.ts";
import type { Address } from "./address.ts";
import { Cors } from "./cors.ts";
import { openEnginePort } from "./engine-port.ts";
import { Http1 } from "./http1.ts";
import { MemoryPort } from "./memory-port.ts";
import type { Port } from "./port.ts";
import { createStockListener } from "./stock-listener.ts";
import type { StockListener } from "./stock-listener.ts";

/** What speaks HTTP/2 on a port. */
export type Engine = "privet" | "node";

/** In the order of preference. */
const everyCompression = [compressionGzip, compressionBrotli, compressionDeflate, compressionZstd];

/** Puts a server's parts together, and opens its ports. */
export class PortOpener {
  readonly logger: Logger;
  readonly timers: Timers;
  readonly #options: ServerOptions;
  readonly #limits: Limits;
  readonly #wheel: TimingWheel;
  readonly #turn: Turn;
  readonly #dispatcher: CallDispatcher;
  readonly #session: (connection: SocketConnection) => SocketHandler;
  readonly #stock: StockListener;

  /**
   * @param shutdownSignal aborts the signals of all calls
   * @param isServing false as long as calls are to be refused
   * @throws what the routes throw, and TypeError for options that contradict each other
   */
  constructor(options: ServerOptions, shutdownSignal: AbortSignal, isServing: () => boolean) {
    const { clock, observer, contextValues, fallback, requestPathPrefix = "" } = options;
    const logger = options.logger ?? consoleLogger;
    this.logger = logger;
    this.#options = options;
    this.#limits = { ...defaultLimits("server"), ...options.limits };
    this.#wheel = clock === undefined ? threadWheel : new TimingWheel(clock);
    this.#turn = clock === undefined ? threadTurn : new Turn(clock);
    this.timers = timersOn(this.#wheel);

    const router = {
      ...options,
      acceptCompression: options.acceptCompression ?? everyCompression,
      shutdownSignal,
    };
    const routes = recordRoutes(allRoutes(options));
    const cors = options.cors && new Cors(options.cors);
    const slots = new CallSlots(options.maxConcurrentCalls ?? Infinity);
    const dispatcher = createCallDispatcher({
      ...router,
      routes,
      slots,
      logger,
      timers: this.timers,
    });
    this.#dispatcher = dispatcher;
    const sessions = { dispatcher, cors, observer, logger, isServing };
    this.#session = (connection) => new Session(connection, sessions);
    this.#stock = createStockListener({
      router,
      routes,
      requestPathPrefix,
      contextValues,
      fallback,
      cors,
      observer,
      slots,
      isServing,
      logger,
    });
  }

  /** Listens. @throws Error with the system's `code`, such as EADDRINUSE */
  async open(
    address: Address,
    credentials: ServerCredentials | undefined,
    engine: Engine,
    reusePort: boolean,
  ): Promise<Port> {
    const {
      limits = {},
      observer,
      maxConnections = 10_000,
      tlsHandshakeMs = 10_000,
    } = this.#options;
    const { logger } = this;
    const http1 = this.#http1();
    const common = { address, credentials, http1, maxConnections, tlsHandshakeMs, logger };
    if (engine === "privet") {
      return openEnginePort({ ...common, session: this.#session, limits, reusePort });
    }
    // Loaded only here: node:http2 takes a while, and hardly anyone steps back.
    const { openStockPort } = await import("./stock-port.ts");
    const { prefaceMs, maxHeaderListSize, maxConcurrentStreams } = this.#limits;
    return openStockPort({
      ...common,
      handle: this.#stock,
      observer,
      prefaceMs,
      maxHeaderListSize,
      maxConcurrentStreams,
    });
  }

  openMemory(): MemoryPort {
    return new MemoryPort({
      session: this.#session,
      limits: this.#options.limits ?? {},
      wheel: this.#wheel,
      turn: this.#turn,
    });
  }

  /** Ends the calls of our engine with a status. */
  cancelAll(error: ConnectError): void {
    this.#dispatcher.cancelAll(error);
  }

  #http1(): Http1 {
    const { observer, http1KeepAliveMs: keepAliveMs = 75_000 } = this.#options;
    const { maxHeaderListSize: maxHeaderSize, prefaceMs: headersMs } = this.#limits;
    return new Http1({ handle: this.#stock, observer, maxHeaderSize, headersMs, keepAliveMs });
  }
}

function allRoutes({ routes, health }: ServerOptions): ServerOptions["routes"] {
  if (health === undefined) return routes;
  return (router) => {
    health.routes(router);
    routes(router);
  };
}
