import type { ConnectRouter, ConnectRouterOptions, ContextValues } from "@connectrpc/connect";
import type { Limits } from "@privet/http2";
import type { Clock } from "@privet/http2/node";
import type { Fallback } from "./fallback/fallback.ts";
import type { RequestView } from "./fallback/request-view.ts";
import type { Health } from "./health/health.ts";
import type { Logger } from "./logger.ts";
import type { ServerObserver } from "./observe.ts";
import type { CorsOptions } from "./port/cors.ts";

/**
 * What a server is made of. Connect's own options of a router are among them,
 * with the same defaults save `readMaxBytes`, which is 4 MiB.
 */
export interface ServerOptions extends Omit<ConnectRouterOptions, "shutdownSignal"> {
  /** Registers services; it is run once. */
  readonly routes: (router: ConnectRouter) => void;
  /** Put before all paths: `/prefix` makes `/prefix/package.Service/Method`. Default none. */
  readonly requestPathPrefix?: string;
  /** Makes the context values of a call. Default: empty ones. */
  readonly contextValues?: (request: RequestView) => ContextValues;
  /** Answers requests for other paths. Default: status 404. */
  readonly fallback?: Fallback;

  // Calls

  /** Calls at work at once, over all connections; further ones get RESOURCE_EXHAUSTED. Default Infinity. */
  readonly maxConcurrentCalls?: number;
  /**
   * An implementation that has run for so long, in ms, loses its slot, and its
   * call fails with DEADLINE_EXCEEDED. Default Infinity.
   */
  readonly maxHandlerMs?: number;

  // Connections

  /** Of each connection on our engine: streams, times, keepalive, age, memory. Laid over their defaults. */
  readonly limits?: Partial<Limits>;
  /** Connections open at once on one port; further ones are closed as they are accepted. Default 10,000. */
  readonly maxConnections?: number;
  /** Until a TLS handshake is complete, in ms. Default 10,000. */
  readonly tlsHandshakeMs?: number;
  /**
   * How long a connection of HTTP/1.1 may wait for its next request, in ms.
   * Keep it above what proxies in front have (60 s for most): else they may
   * send one just as it is closed. Default 75,000.
   */
  readonly http1KeepAliveMs?: number;
  /** Lets pages of other origins call. Default: none may. */
  readonly cors?: CorsOptions;

  // Operations

  /** Serves `grpc.health.v1.Health`, and says NOT_SERVING before the server stops. */
  readonly health?: Health;
  /** Default: warnings and errors, on the console. */
  readonly logger?: Logger;
  /** Is told of connections and calls. Default: nobody is. */
  readonly observer?: ServerObserver;
  /** Another time than the system's, for tests with in-memory ports. */
  readonly clock?: Clock;
}
