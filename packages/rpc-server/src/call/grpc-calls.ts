import { Code, ConnectError } from "@connectrpc/connect";
import type { ContextValues } from "@connectrpc/connect";
import { parseTimeout } from "@privet/grpc-wire";
import type { NegotiatedCompression } from "@privet/grpc-wire";
import type { ReceivedHeaders, Stream, StreamHandler } from "@privet/http2";
import { CallCompression } from "../context/call-compression.ts";
import { ContextState } from "../context/handler-context.ts";
import { ReceivedRequest } from "../fallback/request-view.ts";
import type { RequestView } from "../fallback/request-view.ts";
import type { CallObserver, ServerObserver } from "../observe.ts";
import type { Peer } from "../peer.ts";
import type { Route } from "../router/route.ts";
import { Call } from "./call.ts";
import type { LiveCalls } from "./live-calls.ts";
import { ObservedRequest } from "./observed-request.ts";
import { isPromised } from "./promised.ts";
import type { RequestFields } from "./request-fields.ts";

export interface GrpcCallsOptions {
  readonly calls: LiveCalls;
  readonly contextValues: ((request: RequestView) => ContextValues) | undefined;
  readonly observer: ServerObserver | undefined;
  /** Has the request of a call read, and answered. */
  readonly invoke: (call: Call) => void;
}

type Timeout = number | ConnectError | undefined;

/** Takes the calls of gRPC whose messages are in protobuf's binary format. */
export class GrpcCalls {
  readonly #options: GrpcCallsOptions;

  constructor(options: GrpcCallsOptions) {
    this.#options = options;
  }

  /** @param fields of `headers` */
  begin(
    route: Route,
    stream: Stream,
    headers: ReceivedHeaders,
    fields: RequestFields,
    endStream: boolean,
    peer: Peer,
  ): StreamHandler {
    const { calls } = this.#options;
    const timeout = fields.timeout === undefined ? undefined : parseTimeout(fields.timeout);
    const negotiated = route.compression.negotiate(fields.encoding, fields.acceptEncoding);
    const deadline = typeof timeout === "number" ? calls.timers.now() + timeout : undefined;
    const compression = compressionOf(route, fields, negotiated);
    const context = new ContextState(route, headers, peer, compression, calls.timers, deadline);
    const observer = this.#observe(route, headers, peer);
    const call = new Call(route, stream, context, compression, observer, calls);
    const { shutdownSignal } = route;
    if (shutdownSignal?.aborted === true) call.announceShutdown(shutdownSignal.reason);
    const refusal = calls.add(call);
    if (refusal === undefined) {
      if (typeof timeout === "number" && timeout <= route.maxTimeoutMs) call.limitTime(timeout);
      this.#admit(call, headers, peer, faultOf(route, negotiated, timeout));
    } else {
      call.fail(refusal);
    }
    if (endStream) call.endBody();
    return call;
  }

  /** Values, then the gate: the body is not read before it opens. */
  #admit(call: Call, headers: ReceivedHeaders, peer: Peer, fault: ConnectError | undefined): void {
    if (call.over) return;
    const { contextValues } = this.#options;
    const { requestGate } = call.route;
    try {
      if (contextValues !== undefined) {
        call.context.adoptValues(contextValues(new ReceivedRequest(headers, peer)));
      }
      const opened: unknown = requestGate?.(call.handlerContext);
      if (!isPromised(opened)) {
        this.#proceed(call, fault);
        return;
      }
      call.hold();
      opened.then(
        () => this.#proceed(call, fault),
        (error: unknown) => call.fail(error),
      );
    } catch (error) {
      call.fail(error);
    }
  }

  #proceed(call: Call, fault: ConnectError | undefined): void {
    if (call.over) return;
    if (fault === undefined) this.#options.invoke(call);
    else call.fail(fault);
  }

  #observe(route: Route, headers: ReceivedHeaders, peer: Peer): CallObserver | undefined {
    const { observer } = this.#options;
    if (observer?.callStarted === undefined) return undefined;
    return observer.callStarted(
      new ObservedRequest(route.method, route.path, "grpc", headers, peer),
    );
  }
}

function compressionOf(
  route: Route,
  fields: RequestFields,
  negotiated: NegotiatedCompression | ConnectError,
): CallCompression {
  const tells = fields.encoding !== undefined || fields.acceptEncoding !== undefined;
  const compression = new CallCompression(route.compression, tells);
  if (!(negotiated instanceof Error)) {
    compression.request = negotiated.request;
    compression.response = negotiated.response;
  }
  return compression;
}

/** What is wrong with a call whose implementation never hears of it. */
function faultOf(
  route: Route,
  negotiated: NegotiatedCompression | ConnectError,
  timeout: Timeout,
): ConnectError | undefined {
  if (negotiated instanceof Error) return negotiated;
  if (timeout instanceof Error) return timeout;
  if (timeout === undefined || timeout <= route.maxTimeoutMs) return undefined;
  return new ConnectError(
    `timeout ${timeout}ms must be <= ${route.maxTimeoutMs}`,
    Code.InvalidArgument,
  );
}
