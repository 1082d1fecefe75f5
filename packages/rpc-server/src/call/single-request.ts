import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { compressedFlag, isWholeMessage, MessageReader, prefixLength } from "@privet/grpc-wire";
import type { MessageSink } from "@privet/grpc-wire";
import type { Call } from "./call.ts";
import { decompress } from "./decompress.ts";
import type { RequestBody } from "./request-body.ts";

/** The request of a method that takes one message: complete when the client has ended its side. */
export class SingleRequest implements RequestBody, MessageSink {
  readonly #call: Call;
  readonly #start: (call: Call, message: Message) => void;
  /** Undefined as long as each frame is a whole message. */
  #reader: MessageReader | undefined = undefined;
  #received = false;
  #message: Message | undefined = undefined;
  /** The message, as long as it isn't decompressed. */
  #compressed: Uint8Array | undefined = undefined;

  /** @param start is called once with the message, unless the call is over before */
  constructor(call: Call, start: (call: Call, message: Message) => void) {
    this.#call = call;
    this.#start = start;
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    const { stream, route } = this.#call;
    const size = end - start;
    stream.consume(size);
    if (
      this.#reader === undefined &&
      size - prefixLength <= route.readMaxBytes &&
      isWholeMessage(bytes, start, end)
    ) {
      this.#take(route.codec.copy(bytes, start + prefixLength, end), bytes[start] ?? 0);
      return;
    }
    const reader = (this.#reader ??= new MessageReader(route.readMaxBytes));
    reader.read(bytes, start, end, this);
    if (reader.missing > 0) stream.expect(reader.missing);
  }

  message(bytes: Uint8Array, flags: number, owned: boolean): void {
    this.#take(owned ? bytes : this.#call.route.codec.copy(bytes, 0, bytes.length), flags);
  }

  end(): void {
    this.#reader?.end();
    if (this.#message !== undefined) {
      this.#start(this.#call, this.#message);
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

  #take(bytes: Uint8Array, flags: number): void {
    if (this.#received) throw this.#wrong("received extra input message");
    this.#received = true;
    if ((flags & compressedFlag) !== 0) {
      this.#compressed = bytes;
    } else {
      this.#message = this.#parse(bytes, bytes.length);
    }
  }

  #decompress(bytes: Uint8Array): void {
    const call = this.#call;
    call.compression.received = true;
    const start = (plain: Uint8Array): void => {
      if (!call.over) this.#start(call, this.#parse(plain, bytes.length));
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
