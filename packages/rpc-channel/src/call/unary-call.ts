import type { DescMethod, Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { UnaryResponse } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { compressedFlag, toHeaders } from "@privet/grpc-wire";
import type { ReceivedHeaders } from "@privet/http2";
import { RetryingCall } from "../retry/retrying.ts";
import type { CallUser } from "./call-user.ts";
import type { CallHost } from "./call-host.ts";
import type { MethodCallSpec } from "./call-spec.ts";
import { copyOf } from "./copy.ts";
import { decompress } from "./decompress.ts";
import { type FramingOptions, frameMessage } from "./frame-message.ts";

/** A call with one message each way. Its promise settles once. */
export class UnaryCall implements CallUser {
  /** For its deadline's error. */
  readonly call: RetryingCall;
  readonly #spec: MethodCallSpec;
  readonly #resolve: (response: UnaryResponse) => void;
  readonly #reject: (error: ConnectError) => void;
  #head: ReceivedHeaders | undefined = undefined;
  #compression: Compression | null = null;
  #received = false;
  #message: Message | undefined = undefined;
  #decompressing: Promise<Uint8Array> | undefined = undefined;

  constructor(
    host: CallHost,
    spec: MethodCallSpec,
    resolve: (response: UnaryResponse) => void,
    reject: (error: ConnectError) => void,
  ) {
    this.#spec = spec;
    this.#resolve = resolve;
    this.#reject = reject;
    this.call = new RetryingCall(host, spec, this);
  }

  start(message: Message, framing: FramingOptions): void {
    const framed = frameMessage(this.#spec.method.codec, message, framing);
    if (framed instanceof Promise) {
      framed.then(
        (request) => this.call.start(request),
        (error: unknown) => this.#reject(ConnectError.from(error, Code.Internal)),
      );
    } else {
      this.call.start(framed);
    }
  }

  // Its request is whole, and its credit given back at once.

  writable(): void {}

  received(): void {}

  incomplete(): void {}

  head(headers: ReceivedHeaders, compression: Compression | null): void {
    this.#head = headers;
    this.#compression = compression;
  }

  message(bytes: Uint8Array, flags: number, owned: boolean): void {
    if (this.#received) {
      throw new ConnectError(
        "protocol error: received extra output message for unary method",
        Code.Unimplemented,
      );
    }
    this.#received = true;
    const kept = owned ? bytes : copyOf(bytes);
    if ((flags & compressedFlag) === 0) {
      this.#message = this.#spec.method.codec.parse(kept);
      return;
    }
    const { readMaxBytes } = this.#spec.attempt;
    this.#decompressing = decompress(this.#compression, kept, readMaxBytes);
    // It may fail before anyone waits for it.
    this.#decompressing.catch(() => {});
  }

  ended(error: ConnectError | undefined, trailers: ReceivedHeaders | undefined): void {
    if (error !== undefined) {
      this.#reject(error);
    } else if (this.#decompressing !== undefined) {
      void this.#decompress(this.#decompressing, trailers);
    } else if (this.#message !== undefined) {
      this.#succeed(this.#message, trailers);
    } else {
      this.#reject(
        new ConnectError(
          "protocol error: missing output message for unary method",
          Code.Unimplemented,
        ),
      );
    }
  }

  async #decompress(
    bytes: Promise<Uint8Array>,
    trailers: ReceivedHeaders | undefined,
  ): Promise<void> {
    try {
      this.#succeed(this.#spec.method.codec.parse(await bytes), trailers);
    } catch (error) {
      this.#reject(ConnectError.from(error, Code.Internal));
    }
  }

  #succeed(message: Message, trailers: ReceivedHeaders | undefined): void {
    const { desc } = this.#spec.method;
    this.#resolve(new Response(desc, message, this.#head, trailers) as UnaryResponse);
  }
}

/** Its metadata comes into being when it is read: few look at it. */
class Response {
  readonly stream = false;
  readonly service: DescMethod["parent"];
  readonly method: DescMethod;
  readonly message: Message;
  readonly #head: ReceivedHeaders | undefined;
  readonly #trailers: ReceivedHeaders | undefined;
  #header: Headers | undefined = undefined;
  #trailer: Headers | undefined = undefined;

  constructor(
    method: DescMethod,
    message: Message,
    head: ReceivedHeaders | undefined,
    trailers: ReceivedHeaders | undefined,
  ) {
    this.service = method.parent;
    this.method = method;
    this.message = message;
    this.#head = head;
    this.#trailers = trailers;
  }

  get header(): Headers {
    return (this.#header ??= headersOf(this.#head));
  }

  get trailer(): Headers {
    return (this.#trailer ??= headersOf(this.#trailers));
  }
}

function headersOf(fields: ReceivedHeaders | undefined): Headers {
  return fields === undefined ? new Headers() : toHeaders(fields.snapshot());
}
