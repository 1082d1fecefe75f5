import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import type { ConnectError, StreamResponse } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { toHeaders } from "@privet/grpc-wire";
import type { ReceivedHeaders } from "@privet/http2";
import { RetryingCall } from "../retry/retrying.ts";
import type { CallUser } from "./call-user.ts";
import type { CallHost } from "./call-host.ts";
import type { MethodCallSpec } from "./call-spec.ts";
import { type FramingOptions, frameMessage } from "./frame-message.ts";
import { RequestPump } from "./request-pump.ts";
import { ResponseStream } from "./response-stream.ts";

/**
 * A call with a stream of messages in one direction or both. Its promise
 * settles when the response begins, or when there is none; after that, it is
 * the iterable that ends.
 */
export class StreamingCall implements CallUser {
  /** For its deadline's error. */
  readonly call: RetryingCall;
  readonly #spec: MethodCallSpec;
  readonly #resolve: (response: StreamResponse) => void;
  readonly #reject: (error: ConnectError) => void;
  readonly #pump: RequestPump<MessageInitShape<DescMessage>>;
  readonly #response: ResponseStream;
  readonly #trailer: Headers = new Headers();
  #responded = false;

  constructor(
    host: CallHost,
    spec: MethodCallSpec,
    input: AsyncIterable<MessageInitShape<DescMessage>>,
    framing: FramingOptions,
    resolve: (response: StreamResponse) => void,
    reject: (error: ConnectError) => void,
  ) {
    const { method, attempt } = spec;
    this.#spec = spec;
    this.#resolve = resolve;
    this.#reject = reject;
    this.call = new RetryingCall(host, spec, this);
    const { codec } = method;
    this.#pump = new RequestPump(
      input,
      (message) => frameMessage(codec, codec.normalize(message), framing),
      this.call,
    );
    this.#response = new ResponseStream(method.codec, attempt.readMaxBytes, this.call, spec.signal);
  }

  start(): void {
    this.call.start();
  }

  writable(): void {
    this.#pump.run();
  }

  head(headers: ReceivedHeaders, compression: Compression | null): void {
    this.#response.begin(compression);
    this.#respond(headers);
  }

  message(bytes: Uint8Array, flags: number, owned: boolean): void {
    this.#response.push(bytes, flags, owned);
  }

  received(octets: number): void {
    this.#response.received(octets);
  }

  incomplete(): void {
    this.#response.incomplete();
  }

  ended(error: ConnectError | undefined, trailers: ReceivedHeaders | undefined): void {
    this.#pump.close(error);
    if (!this.#responded && error !== undefined) {
      this.#reject(error);
      return;
    }
    // Without a response that has begun, the trailers are its headers (Trailers-Only).
    if (!this.#responded) this.#respond(trailers);
    else if (trailers !== undefined) append(this.#trailer, trailers);
    // A status of the server comes after its messages; what we have decided holds at once.
    this.#response.end(error, trailers === undefined);
  }

  #respond(headers: ReceivedHeaders | undefined): void {
    this.#responded = true;
    const { desc } = this.#spec.method;
    this.#resolve({
      stream: true,
      service: desc.parent,
      method: desc,
      header: headers === undefined ? new Headers() : toHeaders(headers.snapshot()),
      trailer: this.#trailer,
      message: this.#response,
    } as StreamResponse);
  }
}

function append(target: Headers, fields: ReceivedHeaders): void {
  for (const [name, value] of toHeaders(fields.snapshot())) target.append(name, value);
}
