import { createContextValues } from "@connectrpc/connect";
import type { ContextValues, HandlerContext } from "@connectrpc/connect";
import { toHeaders } from "@privet/grpc-wire";
import type { ReceivedHeaders } from "@privet/http2";
import { peerKey } from "../peer.ts";
import type { Peer } from "../peer.ts";
import type { Route } from "../router/route.ts";
import type { Timers } from "../timers.ts";
import type { CallCompression } from "./call-compression.ts";
import { messageCompressionKey } from "./message-compression.ts";
import { ownFields } from "./own-fields.ts";
import type { Overridable } from "./own-fields.ts";
import { requestUrl } from "./request-url.ts";

/** What a call's context is made of; each part when it is first asked for. */
export class ContextState implements Overridable {
  overrides: Map<PropertyKey, unknown> | undefined = undefined;
  readonly route: Route;
  readonly #headers: ReceivedHeaders;
  readonly #peer: Peer;
  readonly #compression: CallCompression;
  readonly #timers: Timers;
  /** On the clock of the timers; undefined without a deadline. */
  readonly #deadline: number | undefined;
  #requestHeader: Headers | undefined = undefined;
  #responseHeader: Headers | undefined = undefined;
  #responseTrailer: Headers | undefined = undefined;
  #values: ContextValues | undefined = undefined;
  #timeoutMs: (() => number | undefined) | undefined = undefined;
  #url: string | undefined = undefined;
  #controller: AbortController | undefined = undefined;
  #aborted = false;
  #abortReason: unknown = undefined;

  constructor(
    route: Route,
    headers: ReceivedHeaders,
    peer: Peer,
    compression: CallCompression,
    timers: Timers,
    deadline: number | undefined,
  ) {
    this.route = route;
    this.#headers = headers;
    this.#peer = peer;
    this.#compression = compression;
    this.#timers = timers;
    this.#deadline = deadline;
  }

  /** Undefined where nobody has looked at them: then nobody has set any. */
  get touchedResponseHeader(): Headers | undefined {
    return this.#responseHeader;
  }

  get touchedResponseTrailer(): Headers | undefined {
    return this.#responseTrailer;
  }

  get requestMethod(): string {
    return this.#headers.method;
  }

  get requestHeader(): Headers {
    return (this.#requestHeader ??= toHeaders(this.#headers.snapshot()));
  }

  get responseHeader(): Headers {
    return (this.#responseHeader ??= new Headers(this.#compression.responseFields));
  }

  get responseTrailer(): Headers {
    return (this.#responseTrailer ??= new Headers([["grpc-status", "0"]]));
  }

  get values(): ContextValues {
    if (this.#values === undefined) this.adoptValues(createContextValues());
    return this.#values as unknown as ContextValues;
  }

  /** An AbortController costs more than all else that a short call needs. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** @param reason undefined is an AbortError: the call has completed. The first counts. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  /** Undefined unless the signal has aborted. */
  get abortReason(): unknown {
    return this.#abortReason;
  }

  get url(): string {
    return (this.#url ??= requestUrl(this.#headers, this.#peer));
  }

  get timeoutMs(): () => number | undefined {
    const deadline = this.#deadline;
    if (deadline === undefined) return noTimeout;
    const timers = this.#timers;
    return (this.#timeoutMs ??= () => Math.round(deadline - timers.now()));
  }

  /** What the call is told of itself goes in with the user's own. */
  adoptValues(values: ContextValues): void {
    this.#values = values.set(peerKey, this.#peer).set(messageCompressionKey, this.#compression);
  }
}

function noTimeout(): undefined {
  return undefined;
}

/** The context of a call, as gates and implementations see it. */
export const createHandlerContext: (state: ContextState) => HandlerContext = ownFields<
  ContextState,
  HandlerContext
>({
  method: (state) => state.route.method,
  service: (state) => state.route.service,
  requestMethod: (state) => state.requestMethod,
  protocolName: () => "grpc",
  url: (state) => state.url,
  signal: (state) => state.signal,
  timeoutMs: (state) => state.timeoutMs,
  requestHeader: (state) => state.requestHeader,
  responseHeader: (state) => state.responseHeader,
  responseTrailer: (state) => state.responseTrailer,
  values: (state) => state.values,
});
