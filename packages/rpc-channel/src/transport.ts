import type {
  DescMessage,
  DescMethod,
  DescMethodStreaming,
  DescMethodUnary,
  Message,
  MessageInitShape,
} from "@bufbuild/protobuf";
import type {
  ContextValues,
  Interceptor,
  StreamRequest,
  StreamResponse,
  Transport,
  UnaryRequest,
  UnaryResponse,
} from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { appendHeaders } from "@privet/grpc-wire";
import type { CallHost } from "./call/call-host.ts";
import type { MethodCallSpec } from "./call/call-spec.ts";
import type { FramingOptions } from "./call/frame-message.ts";
import { type Innermost, Interception } from "./call/interception.ts";
import { StreamingCall } from "./call/streaming-call.ts";
import { UnaryCall } from "./call/unary-call.ts";
import { callCredentials, type CallCredentials } from "./credentials/call-credentials.ts";
import { assertMayCarry } from "./credentials/plaintext.ts";
import type { Method, MethodTable } from "./method.ts";
import { requestCompression } from "./request-compression.ts";
import type { RetryingCall } from "./retry/retrying.ts";
import { waitForReady } from "./wait-for-ready.ts";

export interface GrpcTransportOptions extends FramingOptions {
  readonly host: CallHost;
  readonly methods: MethodTable;
  readonly interceptors: readonly Interceptor[];
  readonly useBinaryFormat: boolean;
  readonly readMaxBytes: number;
  readonly acceptCompression: readonly Compression[];
  readonly defaultTimeoutMs: number | undefined;
  /** Of the channel. */
  readonly credentials: readonly CallCredentials[];
  /** Whether credentials may be sent: not in the clear, unless asked for. */
  readonly mayCarryCredentials: boolean;
}

/** What Connect gives a transport for a call. */
interface Wish {
  readonly method: Method;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly startedAt: number;
  readonly deadline: number;
  readonly header: HeadersInit | undefined;
  readonly contextValues: ContextValues | undefined;
}

/** gRPC over a channel, as a Transport of Connect's. */
export class GrpcTransport implements Transport {
  readonly #options: GrpcTransportOptions;

  constructor(options: GrpcTransportOptions) {
    this.#options = options;
  }

  unary<I extends DescMessage, O extends DescMessage>(
    desc: DescMethodUnary<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    input: MessageInitShape<I>,
    contextValues?: ContextValues,
  ): Promise<UnaryResponse<I, O>> {
    const wish = this.#wish(desc, signal, timeoutMs, header, contextValues);
    const response =
      this.#options.interceptors.length === 0
        ? this.#unary(wish, wish.method.codec.normalize(input))
        : this.#intercept(wish, (inner, request, started) =>
            this.#unary(inner, request.message as Message, started),
          ).unary(input);
    return response as Promise<UnaryResponse<I, O>>;
  }

  stream<I extends DescMessage, O extends DescMessage>(
    desc: DescMethodStreaming<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    input: AsyncIterable<MessageInitShape<I>>,
    contextValues?: ContextValues,
  ): Promise<StreamResponse<I, O>> {
    const wish = this.#wish(desc, signal, timeoutMs, header, contextValues);
    const response =
      this.#options.interceptors.length === 0
        ? this.#stream(wish, input)
        : this.#intercept(wish, (inner, request, started) =>
            this.#stream(inner, request.message as AsyncIterable<Message>, started),
          ).stream(input);
    return response as Promise<StreamResponse<I, O>>;
  }

  #wish(
    desc: DescMethod,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    contextValues: ContextValues | undefined,
  ): Wish {
    const { host, methods, defaultTimeoutMs } = this.#options;
    const startedAt = host.timers.now();
    // As in Connect: 0 and less is no deadline.
    const chosen = timeoutMs ?? defaultTimeoutMs ?? 0;
    const limited = chosen > 0 ? chosen : undefined;
    return {
      method: methods.get(desc),
      signal,
      timeoutMs: limited,
      startedAt,
      deadline: startedAt + (limited ?? Infinity),
      header,
      contextValues,
    };
  }

  #unary(
    wish: Wish,
    message: Message,
    started?: (call: RetryingCall) => void,
  ): Promise<UnaryResponse> {
    return new Promise((resolve, reject) => {
      const call = new UnaryCall(this.#options.host, this.#spec(wish, true), resolve, reject);
      started?.(call.call);
      call.start(message, this.#framing(wish));
    });
  }

  #stream(
    wish: Wish,
    input: AsyncIterable<MessageInitShape<DescMessage>>,
    started?: (call: RetryingCall) => void,
  ): Promise<StreamResponse> {
    return new Promise((resolve, reject) => {
      const { host } = this.#options;
      const framing = this.#framing(wish);
      const spec = this.#spec(wish, false);
      const call = new StreamingCall(host, spec, input, framing, resolve, reject);
      started?.(call.call);
      call.start();
    });
  }

  #intercept<R extends UnaryResponse | StreamResponse>(
    wish: Wish,
    make: (
      wish: Wish,
      request: UnaryRequest | StreamRequest,
      started: (call: RetryingCall) => void,
    ) => Promise<R>,
  ): Interception {
    const { interceptors, host } = this.#options;
    let current: RetryingCall | undefined;
    const innermost: Innermost = {
      call: ({ signal, header, contextValues, ...request }) =>
        make(
          { ...wish, signal, header, contextValues },
          request as UnaryRequest,
          (call) => (current = call),
        ),
      deadlineError: () => current?.deadlineError(),
    };
    return new Interception({ ...wish, interceptors, timers: host.timers }, innermost);
  }

  #framing({ method, contextValues }: Wish): FramingOptions {
    const { maxRequestMessageBytes } = this.#options.host.configOf(method.path);
    const own = contextValues?.get(requestCompression) ?? requestCompression.defaultValue;
    if (maxRequestMessageBytes === undefined && own === requestCompression.defaultValue) {
      return this.#options;
    }
    const { sendCompression, compressMinBytes, writeMaxBytes } = this.#options;
    return {
      sendCompression,
      compressMinBytes,
      writeMaxBytes: Math.min(writeMaxBytes, maxRequestMessageBytes ?? Infinity),
      requestCompression: own,
    };
  }

  /** @throws TypeError for metadata that HTTP doesn't allow, ConnectError UNAUTHENTICATED for credentials in the clear */
  #spec(wish: Wish, eager: boolean): MethodCallSpec {
    const { useBinaryFormat: binary, readMaxBytes, acceptCompression } = this.#options;
    const { method, contextValues, startedAt, deadline, signal } = wish;
    const header = wish.header === undefined ? undefined : new Headers(wish.header);
    const fields = header === undefined ? method.fields : withMetadata(method.fields, header);
    return {
      method,
      path: method.path,
      serviceUrl: method.serviceUrl,
      header,
      attempt: { grpc: true, fields, binary, readMaxBytes, acceptCompression, eager },
      startedAt,
      deadline,
      waitForReady: contextValues?.get(waitForReady),
      credentials: this.#credentials(contextValues),
      signal,
    };
  }

  #credentials(contextValues: ContextValues | undefined): readonly CallCredentials[] {
    const { credentials, mayCarryCredentials } = this.#options;
    const own = contextValues?.get(callCredentials);
    if (own === undefined) return credentials;
    assertMayCarry(mayCarryCredentials);
    return [...credentials, own];
  }
}

function withMetadata(fields: readonly string[], header: Headers): string[] {
  const all = [...fields];
  const userAgent = header.get("user-agent");
  if (userAgent !== null) all[all.indexOf("user-agent") + 1] = userAgent;
  appendHeaders(all, header);
  return all;
}
