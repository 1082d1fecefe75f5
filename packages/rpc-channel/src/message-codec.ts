import { create, fromBinary, fromJsonString, toJsonString } from "@bufbuild/protobuf";
import type {
  BinaryReadOptions,
  BinaryWriteOptions,
  DescMessage,
  DescMethod,
  JsonReadOptions,
  JsonWriteOptions,
  Message,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { getJsonOptions } from "@connectrpc/connect/protocol";
import { MessageEncoder, prefixMessage } from "@privet/grpc-wire";

export interface CodecOptions {
  /** Protobuf's binary format, or its JSON. Default true. */
  readonly useBinaryFormat?: boolean;
  readonly binaryOptions?: Partial<BinaryReadOptions & BinaryWriteOptions>;
  /** Unknown fields are ignored, unless it says otherwise. */
  readonly jsonOptions?: Partial<JsonReadOptions & JsonWriteOptions>;
}

/** Messages of one method to and from octets. */
export interface MessageCodec {
  /** What a caller gave, as a whole message. */
  normalize(message: MessageInitShape<DescMessage>): Message;
  /**
   * A Length-Prefixed-Message, not compressed.
   *
   * @throws ConnectError INTERNAL for what can't be written
   */
  frame(message: Message): Uint8Array;
  /**
   * @param bytes belong to the message from now on: its fields are views of them
   * @throws ConnectError INTERNAL (JSON: INVALID_ARGUMENT) for what isn't the message
   */
  parse(bytes: Uint8Array): Message;
}

export function createMessageCodec(method: DescMethod, options: CodecOptions): MessageCodec {
  const { input, output } = method;
  const normalize = (message: MessageInitShape<DescMessage>): Message => create(input, message);
  return options.useBinaryFormat === false
    ? { normalize, ...jsonCodec(input, output, options) }
    : { normalize, ...binaryCodec(input, output, options) };
}

type Coding = Pick<MessageCodec, "frame" | "parse">;

function binaryCodec(
  input: DescMessage,
  output: DescMessage,
  { binaryOptions }: CodecOptions,
): Coding {
  const encoder = new MessageEncoder(input, binaryOptions);
  return {
    frame(message) {
      try {
        return encoder.frame(message);
      } catch (error) {
        throw internal("serialize binary", error);
      }
    },
    parse(bytes) {
      try {
        return fromBinary(output, bytes, binaryOptions);
      } catch (error) {
        throw internal("parse binary", error);
      }
    },
  };
}

function jsonCodec(input: DescMessage, output: DescMessage, options: CodecOptions): Coding {
  // Its type has undefined among its values, which it never has.
  const jsonOptions = getJsonOptions(options.jsonOptions) as Partial<
    JsonReadOptions & JsonWriteOptions
  >;
  return {
    frame(message) {
      try {
        const json = toJsonString(input, message as MessageShape<DescMessage>, jsonOptions);
        return prefixMessage(Buffer.from(json), 0);
      } catch (error) {
        throw ConnectError.from(error, Code.Internal);
      }
    },
    parse(bytes) {
      try {
        return fromJsonString(output, Buffer.from(bytes).toString(), jsonOptions);
      } catch (error) {
        throw ConnectError.from(error, Code.InvalidArgument);
      }
    },
  };
}

function internal(step: string, cause: unknown): ConnectError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConnectError(`${step}: ${reason}`, Code.Internal, undefined, undefined, cause);
}
