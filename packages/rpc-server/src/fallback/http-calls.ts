import type { DescMethod } from "@bufbuild/protobuf";
import { ConnectError, createContextKey, createContextValues } from "@connectrpc/connect";
import type { ContextKey, ContextValues } from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { codeFromHttpStatus, readStatus } from "@privet/grpc-wire";
import type { ReceivedHeaders, Stream, StreamHandler } from "@privet/http2";
import type { LiveCall } from "../call/call-host.ts";
import type { LiveCalls } from "../call/live-calls.ts";
import { ObservedRequest } from "../call/observed-request.ts";
import { ReceivedRequest } from "./request-view.ts";
import type { RequestView } from "./request-view.ts";
import type { Logger } from "../logger.ts";
import type { CallObserver, ObservedCall, ServerObserver } from "../observe.ts";
import { peerKey } from "../peer.ts";
import type { Peer } from "../peer.ts";
import type { RequestGate, Route } from "../router/route.ts";
import type { Fallback } from "./fallback.ts";
import { HttpCall } from "./http-call.ts";
import type { Answer } from "./http-call.ts";
import { outcomeKey } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";

export interface HttpCallsOptions {
  readonly calls: LiveCalls;
  readonly contextValues: ((request: RequestView) => ContextValues) | undefined;
  readonly observer: ServerObserver | undefined;
  readonly logger: Logger;
}

/** Why a call that Connect's code answers is refused before its gate is asked. */
const refusalKey: ContextKey<ConnectError | undefined> = createContextKey<ConnectError | undefined>(
  undefined,
  { description: "refusal of the call" },
);

/**
 * Lets our refusal of a call through Connect's code, which says it in the
 * call's protocol, and notes what the gate throws: interceptors don't see that.
 */
export function refusingGate(gate: RequestGate | undefined): RequestGate {
  return async (context) => {
    try {
      const refusal = context.values.get(refusalKey);
      if (refusal !== undefined) throw refusal;
      await gate?.(context);
    } catch (error) {
      const outcome = context.values.get(outcomeKey);
      if (outcome !== undefined) outcome.error = ConnectError.from(error);
      throw error;
    }
  };
}

/** Takes the requests of all protocols but gRPC's binary one, and those that are none of a route. */
export class HttpCalls {
  readonly #options: HttpCallsOptions;

  constructor(options: HttpCallsOptions) {
    this.#options = options;
  }

  /** A call of `route`, which Connect's code answers. */
  beginCall(
    route: Route,
    stream: Stream,
    headers: ReceivedHeaders,
    contentType: string,
    endStream: boolean,
    peer: Peer,
  ): StreamHandler {
    const request = new ReceivedRequest(headers, peer);
    const outcome: Outcome = { error: undefined };
    const observer = this.#observe(route.method, route.path, contentType, headers, peer);
    const answer: Answer = async (body, signal, refusal) =>
      route.universal({
        httpVersion: peer.httpVersion,
        url: request.url,
        method: request.method,
        header: request.header,
        body,
        signal,
        contextValues: this.#values(request, outcome, refusal),
      });
    return this.#begin(route, route.path, stream, answer, endStream, (error, response) => {
      observer?.ended?.(outcome.error ?? error ?? statusOf(response));
      observer?.released?.();
    });
  }

  /** Any other request, which the user's code answers. */
  beginFallback(
    fallback: Fallback,
    stream: Stream,
    headers: ReceivedHeaders,
    endStream: boolean,
    peer: Peer,
  ): StreamHandler {
    const { method, path, url, header } = new ReceivedRequest(headers, peer);
    const answer: Answer = async (body, signal, refusal) =>
      refusal !== undefined ? busy : fallback({ method, path, url, header, peer, body, signal });
    return this.#begin(undefined, path, stream, answer, endStream, () => {});
  }

  #begin(
    route: Route | undefined,
    path: string,
    stream: Stream,
    answer: Answer,
    endStream: boolean,
    done: (error: ConnectError | undefined, response: UniversalServerResponse | undefined) => void,
  ): StreamHandler {
    const { calls, logger } = this.#options;
    const call = new HttpCall(stream, {
      ended(response, error, gone) {
        if (error !== undefined && !gone) {
          logger.error({ err: error, method: path }, "a request could not be answered");
        }
        done(error === undefined ? undefined : ConnectError.from(error), response);
      },
      released: () => calls.released(live),
    });
    const live: LiveCall = {
      route,
      previous: undefined,
      next: undefined,
      cancel: (error) => call.cancel(error),
      // Connect's code links the signal itself.
      announceShutdown: () => {},
    };
    call.start(answer, calls.add(live));
    if (endStream) call.endBody();
    return call;
  }

  #values(
    request: RequestView,
    outcome: Outcome,
    refusal: ConnectError | undefined,
  ): ContextValues {
    const values = this.#options.contextValues?.(request) ?? createContextValues();
    return values.set(peerKey, request.peer).set(outcomeKey, outcome).set(refusalKey, refusal);
  }

  #observe(
    method: DescMethod,
    path: string,
    contentType: string,
    headers: ReceivedHeaders,
    peer: Peer,
  ): CallObserver | undefined {
    const { observer } = this.#options;
    if (observer?.callStarted === undefined) return undefined;
    return observer.callStarted(
      new ObservedRequest(method, path, protocolOf(contentType), headers, peer),
    );
  }
}

const busy: UniversalServerResponse = { status: 503 };

function protocolOf(contentType: string): ObservedCall["protocol"] {
  if (contentType.startsWith("application/grpc-web")) return "grpc-web";
  return contentType.startsWith("application/grpc") ? "grpc" : "connect";
}

/** What a response says that no implementation was asked for. */
function statusOf(response: UniversalServerResponse | undefined): ConnectError | undefined {
  if (response === undefined) return undefined;
  const status = response.trailer && readStatus(response.trailer);
  if (status instanceof Error) return status;
  if (response.status < 400) return undefined;
  return new ConnectError(`HTTP ${response.status}`, codeFromHttpStatus(response.status));
}
