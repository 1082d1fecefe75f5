import type { ConnectError, ConnectRouterOptions, ContextValues } from "@connectrpc/connect";
import {
  codecOf,
  compressionBrotli,
  compressionDeflate,
  compressionGzip,
  compressionZstd,
} from "@privet/grpc-wire";
import type { ReceivedHeaders, Stream, StreamHandler } from "@privet/http2";
import { CallSlots } from "../call-slots.ts";
import type { RequestView } from "../fallback/request-view.ts";
import type { Fallback } from "../fallback/fallback.ts";
import { HttpCalls, refusingGate } from "../fallback/http-calls.ts";
import { noteOutcome } from "../fallback/outcome.ts";
import { invoke } from "../invoke/invoke.ts";
import type { Logger } from "../logger.ts";
import type { ServerObserver } from "../observe.ts";
import type { Peer } from "../peer.ts";
import { createRouteTable } from "../router/route-table.ts";
import type { Routes, RouteTable } from "../router/route-table.ts";
import type { Timers } from "../timers.ts";
import { GrpcCalls } from "./grpc-calls.ts";
import { LiveCalls } from "./live-calls.ts";
import { answerNotFound, answerTooLarge } from "./plain-answer.ts";
import { RequestFields } from "./request-fields.ts";

/**
 * Connect's options for routes: `interceptors`, `requestGate`, `readMaxBytes`
 * and so on, as `connectNodeAdapter` has them. They differ in two defaults:
 * `readMaxBytes` is 4 MiB, and `acceptCompression` has gzip, brotli, deflate
 * and zstd.
 */
export interface DispatcherOptions extends ConnectRouterOptions {
  readonly routes: Routes;
  /** Goes before the path of every route: "/api". Default none. */
  readonly requestPathPrefix?: string | undefined;
  /** Makes the context values of a call, before its gate is asked. */
  readonly contextValues?: ((request: RequestView) => ContextValues) | undefined;
  /** Answers requests that no route has the path of. Default 404. */
  readonly fallback?: Fallback | undefined;
  /**
   * Milliseconds after which the call of an implementation that hasn't returned
   * fails with DEADLINE_EXCEEDED, and its slot goes to others. It counts for
   * streams too. Default Infinity.
   */
  readonly maxHandlerMs?: number | undefined;
  /** Calls at once; more are RESOURCE_EXHAUSTED. Default Infinity. */
  readonly maxConcurrentCalls?: number | undefined;
  /** The same, shared with others that take calls; then `maxConcurrentCalls` doesn't count. */
  readonly slots?: CallSlots | undefined;
  readonly observer?: ServerObserver | undefined;
  readonly logger: Logger;
  readonly timers: Timers;
}

/** Finds who answers a request, and has it answered. */
export interface CallDispatcher {
  /** A request. `headers` is kept: it doesn't change after it was received. */
  dispatch(stream: Stream, headers: ReceivedHeaders, endStream: boolean, peer: Peer): StreamHandler;
  /** A request whose header list is beyond the limits: RESOURCE_EXHAUSTED for gRPC, else 431. */
  dispatchTooLarge(
    stream: Stream,
    headers: ReceivedHeaders,
    endStream: boolean,
    peer: Peer,
  ): StreamHandler;
  /** Ends all calls with the status of `error`; those of Connect and gRPC-Web without one. */
  cancelAll(error: ConnectError): void;
  /** Calls that hold a slot: open ones, and those whose implementations have not returned. */
  readonly activeCalls: number;
  /** Implementations that have worked on for a second and more after the end of their calls. */
  readonly overdueCalls: number;
}

/**
 * @throws what `routes` throws; ConnectError INTERNAL for limits out of range,
 *   INVALID_ARGUMENT where all protocols are switched off
 */
export function createCallDispatcher(options: DispatcherOptions): CallDispatcher {
  return new Dispatcher(options);
}

class Dispatcher implements CallDispatcher {
  readonly #routes: RouteTable;
  readonly #calls: LiveCalls;
  readonly #grpc: GrpcCalls;
  readonly #http: HttpCalls;
  readonly #fallback: Fallback | undefined;
  readonly #fields = new RequestFields();

  constructor(options: DispatcherOptions) {
    const { contextValues, observer, logger, timers } = options;
    this.#routes = createRoutes(options);
    this.#calls = new LiveCalls({
      timers,
      logger,
      maxHandlerMs: options.maxHandlerMs ?? Infinity,
      slots: options.slots ?? new CallSlots(options.maxConcurrentCalls ?? Infinity),
    });
    this.#grpc = new GrpcCalls({ calls: this.#calls, contextValues, observer, invoke });
    this.#http = new HttpCalls({ calls: this.#calls, contextValues, observer, logger });
    this.#fallback = options.fallback;
    this.#linkShutdown();
  }

  get activeCalls(): number {
    return this.#calls.size;
  }

  get overdueCalls(): number {
    return this.#calls.overdueCount;
  }

  dispatch(
    stream: Stream,
    headers: ReceivedHeaders,
    endStream: boolean,
    peer: Peer,
  ): StreamHandler {
    const route = this.#routes.get(pathOf(headers.path));
    if (route === undefined) {
      return this.#fallback === undefined
        ? answerNotFound(stream, endStream)
        : this.#http.beginFallback(this.#fallback, stream, headers, endStream, peer);
    }
    const fields = this.#fields;
    fields.read(headers);
    const contentType = fields.contentType ?? "";
    if (route.servesGrpc && headers.method === "POST" && codecOf(contentType) === "proto") {
      return this.#grpc.begin(route, stream, headers, fields, endStream, peer);
    }
    return this.#http.beginCall(route, stream, headers, contentType, endStream, peer);
  }

  dispatchTooLarge(stream: Stream, headers: ReceivedHeaders, endStream: boolean): StreamHandler {
    return answerTooLarge(stream, headers, endStream);
  }

  cancelAll(error: ConnectError): void {
    this.#calls.cancelAll(error);
  }

  #linkShutdown(): void {
    const signals = new Set([...this.#routes.values()].map((route) => route.shutdownSignal));
    for (const signal of signals) {
      if (signal !== undefined) this.#calls.linkShutdown(signal);
    }
  }
}

function createRoutes(options: DispatcherOptions): RouteTable {
  const acceptCompression = options.acceptCompression ?? [
    compressionGzip,
    compressionBrotli,
    compressionDeflate,
    compressionZstd,
  ];
  const observed = options.observer?.callStarted !== undefined;
  return createRouteTable(
    options.routes,
    { ...routerOptions(options), acceptCompression },
    options.requestPathPrefix ?? "",
    {
      gate: refusingGate,
      interceptors: (interceptors) => (observed ? [noteOutcome, ...interceptors] : interceptors),
    },
  );
}

/** Those that are Connect's. */
function routerOptions(options: DispatcherOptions): ConnectRouterOptions {
  const {
    routes: _routes,
    requestPathPrefix: _prefix,
    contextValues: _values,
    fallback: _fallback,
    maxHandlerMs: _maxHandlerMs,
    maxConcurrentCalls: _maxConcurrentCalls,
    slots: _slots,
    observer: _observer,
    logger: _logger,
    timers: _timers,
    ...router
  } = options;
  return router;
}

/** Without the query. */
function pathOf(path: string): string {
  const query = path.indexOf("?");
  return query === -1 ? path : path.slice(0, query);
}
