import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createContextValues } from "@connectrpc/connect";
import type {
  ContextValues,
  Interceptor,
  StreamRequest,
  StreamResponse,
  UnaryRequest,
  UnaryResponse,
} from "@connectrpc/connect";
import { formatTimeout } from "@privet/grpc-wire";
import type { Method } from "../method.ts";
import type { Timer, Timers } from "../timers.ts";
import { abortReason } from "./abort-reason.ts";

type AnyRequest = UnaryRequest | StreamRequest;
type AnyResponse = UnaryResponse | StreamResponse;

/** What a call that interceptors look at is made of. */
export interface InterceptionOptions {
  readonly interceptors: readonly Interceptor[];
  readonly method: Method;
  readonly timers: Timers;
  readonly signal: AbortSignal | undefined;
  /** On the channel's clock; Infinity is never. */
  readonly deadline: number;
  readonly timeoutMs: number | undefined;
  readonly header: HeadersInit | undefined;
  readonly contextValues: ContextValues | undefined;
}

/** How the call is made, after the innermost interceptor. */
export interface Innermost {
  call(request: AnyRequest): Promise<AnyResponse>;
  /** What an error would say if the deadline passed now; undefined where no call has begun. */
  deadlineError(): ConnectError | undefined;
}

/**
 * Runs the interceptors around one call. Its signal, which they see, is aborted
 * when the call is over, however it ended; and the deadline is theirs too: an
 * interceptor that never comes back doesn't hold the caller.
 */
export class Interception {
  readonly #options: InterceptionOptions;
  readonly #innermost: Innermost;
  readonly #controller: AbortController = new AbortController();
  readonly #onAbort = (): void => this.#abort(abortReason(this.#options.signal as AbortSignal));
  #reject: (error: ConnectError) => void = () => {};
  #timer: Timer | undefined = undefined;
  #over = false;

  constructor(options: InterceptionOptions, innermost: Innermost) {
    this.#options = options;
    this.#innermost = innermost;
  }

  unary(message: MessageInitShape<DescMessage>): Promise<UnaryResponse> {
    const { codec } = this.#options.method;
    const request = { stream: false, message: codec.normalize(message), ...this.#request() };
    return this.#run(request as UnaryRequest, (response) => {
      this.#done();
      return response;
    }) as Promise<UnaryResponse>;
  }

  stream(input: AsyncIterable<MessageInitShape<DescMessage>>): Promise<StreamResponse> {
    const message = this.#normalized(input);
    const request = { stream: true, message, ...this.#request() };
    return this.#run(request as StreamRequest, (response) => ({
      ...(response as StreamResponse),
      message: this.#watched((response as StreamResponse).message),
    })) as Promise<StreamResponse>;
  }

  #request(): Omit<AnyRequest, "stream" | "message"> {
    const { method, contextValues } = this.#options;
    return {
      service: method.desc.parent,
      method: method.desc,
      requestMethod: "POST",
      url: method.url,
      signal: this.#controller.signal,
      header: this.#header(),
      contextValues: contextValues ?? createContextValues(),
    };
  }

  /** As Connect shows it: with the protocol's own fields, which are the channel's to send. */
  #header(): Headers {
    const { header, method, timeoutMs } = this.#options;
    const headers = new Headers(header);
    const { fields } = method;
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i] as string;
      if (name.startsWith(":")) continue;
      if (name !== "user-agent" || !headers.has(name)) headers.set(name, fields[i + 1] as string);
    }
    if (timeoutMs !== undefined) headers.set("grpc-timeout", formatTimeout(timeoutMs));
    return headers;
  }

  #run(request: AnyRequest, then: (response: AnyResponse) => AnyResponse): Promise<AnyResponse> {
    const { interceptors, signal, deadline, timers } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<AnyResponse>();
    this.#reject = reject;
    if (signal?.aborted === true) {
      this.#onAbort();
      return promise;
    }
    signal?.addEventListener("abort", this.#onAbort);
    if (deadline !== Infinity) {
      this.#timer = timers.set(deadline - timers.now(), () => this.#expire());
    }
    // Anew for each call: what an interceptor keeps beside `next` is the call's own.
    const next = interceptors.reduceRight<(request: AnyRequest) => Promise<AnyResponse>>(
      (inner, interceptor) => interceptor(inner),
      (inner) => this.#innermost.call(inner),
    );
    this.#start(next, request).then(
      (response) => resolve(then(response)),
      (error: unknown) => this.#abort(ConnectError.from(error)),
    );
    return promise;
  }

  /** What an interceptor throws at once is as good as a rejection. */
  async #start(
    next: (request: AnyRequest) => Promise<AnyResponse>,
    request: AnyRequest,
  ): Promise<AnyResponse> {
    return next(request);
  }

  #expire(): void {
    this.#timer = undefined;
    this.#abort(
      this.#innermost.deadlineError() ??
        new ConnectError("deadline passed in an interceptor", Code.DeadlineExceeded),
    );
  }

  #abort(error: ConnectError): void {
    if (this.#over) return;
    this.#cleanUp();
    this.#controller.abort(error);
    this.#reject(error);
  }

  #done(): void {
    if (this.#over) return;
    this.#cleanUp();
    this.#controller.abort();
  }

  #cleanUp(): void {
    const { signal, timers } = this.#options;
    this.#over = true;
    signal?.removeEventListener("abort", this.#onAbort);
    if (this.#timer !== undefined) timers.clear(this.#timer);
  }

  /** The request's messages, whole, with the iterator's own way to clean up. */
  #normalized(input: AsyncIterable<MessageInitShape<DescMessage>>): StreamRequest["message"] {
    const { codec } = this.#options.method;
    const normalize = (
      result: IteratorResult<MessageInitShape<DescMessage>>,
    ): IteratorResult<MessageInitShape<DescMessage>> =>
      result.done === true ? result : { done: false, value: codec.normalize(result.value) };
    return {
      [Symbol.asyncIterator]() {
        const inner = input[Symbol.asyncIterator]();
        return {
          next: () => inner.next().then(normalize),
          ...(inner.throw && { throw: (reason: unknown) => inner.throw?.(reason) }),
          ...(inner.return && { return: (value: unknown) => inner.return?.(value) }),
        } as AsyncIterator<MessageInitShape<DescMessage>>;
      },
    } as StreamRequest["message"];
  }

  /** The response's messages, until they end; or until the call does. */
  #watched(messages: StreamResponse["message"]): StreamResponse["message"] {
    const { signal } = this.#controller;
    const abort = (error: unknown): never => {
      const reason = signal.aborted ? abortReason(signal) : ConnectError.from(error);
      this.#abort(reason);
      throw reason;
    };
    let ended = false;
    return {
      [Symbol.asyncIterator]: () => {
        const inner = messages[Symbol.asyncIterator]();
        return {
          next: async () => {
            if (!ended && signal.aborted) return abort(signal.reason);
            const result = await inner.next().catch(abort);
            if (result.done === true) {
              ended = true;
              this.#done();
            }
            return result;
          },
        };
      },
    } as StreamResponse["message"];
  }
}
