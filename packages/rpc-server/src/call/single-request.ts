import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { compressedFlag, MessageReader } from "@privet/grpc-wire";
import type { MessageSink } from "@privet/grpc-wire";
import type { Call } from "./call.ts";
import { copyOf } from "./copy.ts";
import { decompress } from "./decompress.ts";
import type { RequestBody } from "./request-body.ts";

/** The request of a method that takes one message: complete when the client has ended its side. */
export class SingleRequest implements RequestBody, MessageSink {
  readonly #call: Call;
  readonly #start: (message: Message) => void;
  readonly #reader: MessageReader;
  #received = false;
  #message: Message | undefined = undefined;
  /** The message, as long as it isn't decompressed. */
  #compressed: Uint8Array | undefined = undefined;

  /** @param start is called once with the message, unless the call is over before */
  constructor(call: Call, start: (message: Message) => void) {
    this.#call = call;
    this.#start = start;
    this.#reader = new MessageReader(call.route.readMaxBytes);
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    const { stream } = this.#call;
    stream.consume(end - start);
    this.#reader.read(bytes, start, end, this);
    const { missing } = this.#reader;
    if (missing > 0) stream.expect(missing);
  }

  message(bytes: Uint8Array, flags: number, owned: boolean): void {
    if (this.#received) throw this.#wrong("received extra input message");
    this.#received = true;
    const own = owned ? bytes : copyOf(bytes, 0, bytes.length);
    if ((flags & compressedFlag) !== 0) {
      this.#compressed = own;
    } else {
      this.#message = this.#parse(own, own.length);
    }
  }

  end(): void {
    this.#reader.end();
    if (this.#message !== undefined) {
      this.#start(this.#message);
    } else if (this.#compressed !== undefined) {
      this.#decompress(this.#compressed);
    } else {
      throw this.#wrong("missing input message");
    }
  }

  abort(): void {
    this.#message = undefined;
    this.#compressed = undefined;
  }

  #decompress(bytes: Uint8Array): void {
    const call = this.#call;
    call.compression.received = true;
    const start = (plain: Uint8Array): void => {
      if (!call.over) this.#start(this.#parse(plain, bytes.length));
    };
    decompress(call, bytes)
      .then(start)
      .catch((error: unknown) => call.fail(error));
  }

  #parse(bytes: Uint8Array, wireBytes: number): Message {
    const message = this.#call.route.codec.parse(bytes);
    this.#call.observer?.messageReceived?.(bytes.length, wireBytes);
    return message;
  }

  #wrong(fault: string): ConnectError {
    const kind = this.#call.route.kind.replace("_", "-");
    return new ConnectError(`protocol error: ${fault} for ${kind} method`, Code.Unimplemented);
  }
}
