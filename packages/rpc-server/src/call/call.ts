import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";
import { compressedFlag } from "@privet/grpc-wire";
import { ErrorCode, UsageError } from "@privet/http2";
import type { Stream, StreamEnd, StreamHandler } from "@privet/http2";
import type { Message } from "@bufbuild/protobuf";
import type { CallCompression } from "../context/call-compression.ts";
import { createHandlerContext } from "../context/handler-context.ts";
import type { ContextState } from "../context/handler-context.ts";
import type { CallObserver } from "../observe.ts";
import type { Route } from "../router/route.ts";
import type { Timer } from "../timers.ts";
import type { CallHost, LiveCall } from "./call-host.ts";
import { HeldBody } from "./held-body.ts";
import type { RequestBody } from "./request-body.ts";
import { Response } from "./response.ts";
import { resetError } from "./reset-error.ts";

/** The output of an implementation, which ends when the call does. */
export interface Output {
  /** The call is over: nobody takes more of it. */
  cancel(reason: ConnectError): void;
}

/**
 * One call of gRPC. Two things happen to it, in either order, each once:
 *
 *     OPEN ──answered: OK or a status──▶ OVER ◀──reset, lost, deadline, cancelled── OPEN
 *     IDLE ──implementation called──▶ RUNNING ──implementation returned──▶ IDLE
 *
 * It is over for the client then, and its implementation at work no more. Its
 * slot is free when it is over and idle. An implementation that ignores its
 * signal keeps the slot after the end, up to `maxHandlerMs`.
 */
export class Call implements StreamHandler, LiveCall {
  readonly route: Route;
  readonly stream: Stream;
  readonly context: ContextState;
  readonly compression: CallCompression;
  readonly response: Response;
  /** Undefined where nobody listens. */
  readonly observer: CallObserver | undefined;
  output: Output | undefined = undefined;
  previous: LiveCall | undefined = undefined;
  next: LiveCall | undefined = undefined;
  readonly #host: CallHost;
  #body: RequestBody | undefined = undefined;
  #handlerContext: HandlerContext | undefined = undefined;
  #bodyEnded = false;
  #over = false;
  #running = false;
  #released = false;
  /** Set while the implementation runs on after the end and has been reported. */
  #overdue = false;
  #deadlineTimer: Timer | undefined = undefined;
  #handlerTimer: Timer | undefined = undefined;
  #overdueTimer: Timer | undefined = undefined;

  constructor(
    route: Route,
    stream: Stream,
    context: ContextState,
    compression: CallCompression,
    observer: CallObserver | undefined,
    host: CallHost,
  ) {
    this.route = route;
    this.stream = stream;
    this.context = context;
    this.compression = compression;
    this.response = new Response(stream, context, compression);
    this.observer = observer;
    this.#host = host;
  }

  /** As the implementation sees it. */
  get handlerContext(): HandlerContext {
    return (this.#handlerContext ??= createHandlerContext(this.context));
  }

  /** Nothing more can be sent: the status has been, or there is nobody to send it to. */
  get over(): boolean {
    return this.#over;
  }

  // The stream's events

  data(bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    if (this.#over) {
      this.stream.consume(end - start);
      return;
    }
    try {
      if (end > start) this.#body?.data(bytes, start, end);
      if (endStream) this.#endBody();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Requests of gRPC have no trailers; what is there says no more than that the body is complete. */
  headers(): void {
    if (this.#over) return;
    try {
      this.#endBody();
    } catch (error) {
      this.fail(error);
    }
  }

  writable(): void {
    this.response.room();
  }

  closed(end: StreamEnd): void {
    // Both sides have ended: so we have answered, and are in the middle of it.
    if (this.#over || end.by === "end") return;
    this.#end(resetError(end), undefined);
  }

  // What becomes of it

  /** Ends after `ms` with DEADLINE_EXCEEDED. */
  limitTime(ms: number): void {
    const expire = (): void => this.#expire("the operation timed out");
    if (ms <= 0) expire();
    else this.#deadlineTimer = this.#host.timers.set(ms, expire);
  }

  /** Keeps what arrives until somebody reads it. */
  hold(): void {
    this.#body = new HeldBody();
  }

  /** The request goes to `body` from now on, and what was held at once. */
  read(body: RequestBody): void {
    const before = this.#body;
    this.#body = body;
    try {
      if (before instanceof HeldBody) before.release(body);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The request ended with its headers. */
  endBody(): void {
    this.headers();
  }

  /** The implementation is called now. */
  run(): void {
    this.#running = true;
    const { maxHandlerMs, timers } = this.#host;
    if (maxHandlerMs === Infinity) return;
    this.#handlerTimer = timers.set(maxHandlerMs, () => this.#abandon());
  }

  /** The implementation, its promise or its iterator, is at an end. Comes before the answer that it leads to. */
  returned(): void {
    const { timers } = this.#host;
    this.#running = false;
    if (this.#handlerTimer !== undefined) timers.clear(this.#handlerTimer);
    if (this.#overdueTimer !== undefined) timers.clear(this.#overdueTimer);
    if (this.#overdue) this.#host.overdue(this.route, -1);
    this.observer?.released?.();
    if (this.#over) this.#release();
  }

  /** Answers with one message and OK. */
  respond(message: Message): void {
    if (this.#over) return;
    try {
      const bytes = this.route.codec.serialize(message);
      const compression = this.compression.choose(bytes.length, this.route.compressMinBytes);
      if (compression === null) {
        this.#sendSole(bytes, bytes.length, 0);
        return;
      }
      compression.compress(bytes as Uint8Array<ArrayBuffer>).then(
        (compressed) => this.#sendSole(compressed, bytes.length, compressedFlag),
        (error: unknown) => this.fail(error),
      );
    } catch (error) {
      this.fail(error);
    }
  }

  /** Answers OK after all messages. */
  finish(): void {
    if (this.#over) return;
    try {
      this.response.finish();
      this.#end(undefined, ErrorCode.NO_ERROR);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Answers with the status of `error`. Does nothing when the call is over. */
  fail(error: unknown): void {
    this.#fail(error, ErrorCode.NO_ERROR);
  }

  /** Answers with the status of `error` and stops the request too: nobody is there to go on. */
  cancel(error: ConnectError): void {
    this.#fail(error, ErrorCode.CANCEL);
  }

  /** The server shuts down: the implementation is told, and may go on. */
  announceShutdown(reason: unknown): void {
    this.context.abort(reason);
  }

  #endBody(): void {
    this.#bodyEnded = true;
    this.#body?.end();
  }

  #sendSole(bytes: Uint8Array, size: number, flags: number): void {
    if (this.#over) return;
    try {
      this.response.sendSole(bytes, flags);
      this.observer?.messageSent?.(size, bytes.length);
      this.#end(undefined, ErrorCode.NO_ERROR);
    } catch (error) {
      this.fail(error);
    }
  }

  #fail(error: unknown, code: ErrorCode): void {
    if (this.#over) return;
    const status = error instanceof ConnectError ? error : this.#statusOf(error);
    this.response.fail(status);
    this.#end(status, code, error);
  }

  /** An implementation that its signal has stopped, as Node's own functions are, ends for the signal's reason. */
  #statusOf(error: unknown): ConnectError {
    const reason = isAbortError(error) ? this.context.abortReason : undefined;
    return reason instanceof ConnectError ? reason : this.#hide(error);
  }

  /** What isn't meant for the client is for the log alone. */
  #hide(error: unknown): ConnectError {
    const why =
      error instanceof UsageError
        ? "the response's metadata can't be sent"
        : "an implementation threw";
    this.#host.report(this.route, error, why);
    return new ConnectError("internal error", Code.Internal, undefined, undefined, error);
  }

  /**
   * The call is over.
   *
   * @param code of the RST_STREAM; undefined where the client is gone
   */
  #end(status: ConnectError | undefined, code: ErrorCode | undefined, reason?: unknown): void {
    this.#over = true;
    const { timers, overdueMs } = this.#host;
    if (this.#deadlineTimer !== undefined) timers.clear(this.#deadlineTimer);
    if (code !== undefined) this.#reset(code);
    this.context.abort(reason ?? status);
    this.#body?.abort(status);
    if (status !== undefined) this.output?.cancel(status);
    if (this.#running) {
      this.#overdueTimer = timers.set(overdueMs, () => this.#reportOverdue());
    } else {
      this.#release();
    }
    this.observer?.ended?.(status);
  }

  /** After the answer: the rest of the request is of no use (RFC 9113 §8.1). */
  #reset(code: ErrorCode): void {
    // Whoever cancels doesn't wait either for what the client hasn't taken of the response.
    if (code === ErrorCode.CANCEL || !this.#bodyEnded) this.stream.reset(code);
  }

  #expire(message: string): void {
    this.cancel(new ConnectError(message, Code.DeadlineExceeded));
  }

  /** The implementation has had all the time that it gets: its slot is given to others. */
  #abandon(): void {
    this.#expire("the implementation took too long");
    this.#release();
  }

  #reportOverdue(): void {
    this.#overdue = true;
    this.#host.overdue(this.route, 1);
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.stream.release();
    this.#host.released(this);
  }
}

/** By its name: the DOM's and Node's are of different classes. */
function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
