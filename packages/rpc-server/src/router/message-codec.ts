import { create, fromBinary } from "@bufbuild/protobuf";
import type {
  BinaryReadOptions,
  BinaryWriteOptions,
  DescMessage,
  Message,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { MessageEncoder } from "@privet/grpc-wire";
import { holdsBytes } from "./holds-bytes.ts";
import { copyOf, passingCopyOf } from "./octets.ts";

export interface MessageLimits {
  readonly readMaxBytes: number;
  readonly writeMaxBytes: number;
}

/** Messages of one method to and from octets: protobuf's binary format, within the limits. */
export class MessageCodec<I extends DescMessage, O extends DescMessage> {
  readonly #input: I;
  readonly #output: O;
  readonly #limits: MessageLimits;
  readonly #options: Partial<BinaryReadOptions> | undefined;
  readonly #encoder: MessageEncoder;
  /** Copies what a message is read from, out of a buffer that is borrowed. */
  readonly copy: (bytes: Uint8Array, start: number, end: number) => Uint8Array;

  constructor(
    input: I,
    output: O,
    limits: MessageLimits,
    options: Partial<BinaryReadOptions & BinaryWriteOptions> | undefined,
  ) {
    this.#input = input;
    this.#output = output;
    this.#limits = limits;
    this.#options = options;
    this.#encoder = new MessageEncoder(output, options);
    this.copy = holdsBytes(input) ? copyOf : passingCopyOf;
  }

  /**
   * @param bytes belong to the message from now on: its fields are views of them
   * @throws ConnectError RESOURCE_EXHAUSTED above `readMaxBytes`, INTERNAL for what isn't the message
   */
  parse(bytes: Uint8Array): MessageShape<I> {
    const { readMaxBytes } = this.#limits;
    if (bytes.length > readMaxBytes) throw tooLarge(bytes.length, "readMaxBytes", readMaxBytes);
    try {
      return fromBinary(this.#input, bytes, this.#options);
    } catch (cause) {
      throw internal("parse binary", cause);
    }
  }

  /** What an implementation returned, as a whole message. */
  normalize(message: MessageInitShape<O>): MessageShape<O> {
    return create(this.#output, message);
  }

  /** @throws ConnectError RESOURCE_EXHAUSTED above `writeMaxBytes`, INTERNAL for what can't be written */
  serialize(message: Message): Uint8Array {
    const bytes = this.#toOctets(message);
    const { writeMaxBytes } = this.#limits;
    if (bytes.length > writeMaxBytes) throw tooLarge(bytes.length, "writeMaxBytes", writeMaxBytes);
    return bytes;
  }

  #toOctets(message: Message): Uint8Array {
    try {
      return this.#encoder.encode(message);
    } catch (cause) {
      throw internal("serialize binary", cause);
    }
  }
}

function tooLarge(size: number, option: string, limit: number): ConnectError {
  return new ConnectError(
    `message size ${size} is larger than configured ${option} ${limit}`,
    Code.ResourceExhausted,
  );
}

function internal(step: string, cause: unknown): ConnectError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConnectError(`${step}: ${reason}`, Code.Internal, undefined, undefined, cause);
}
