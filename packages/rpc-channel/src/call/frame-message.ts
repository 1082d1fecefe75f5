import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { compressedFlag, prefixLength, prefixMessage } from "@privet/grpc-wire";
import type { MessageCodec } from "../message-codec.ts";
import type { RequestCompression } from "../request-compression.ts";

export interface FramingOptions {
  readonly sendCompression: Compression | null;
  /** Smaller messages are sent as they are. */
  readonly compressMinBytes: number;
  /** The call's own choice. Default: by size. */
  readonly requestCompression?: RequestCompression;
  /** Of one message before compression. */
  readonly writeMaxBytes: number;
}

/**
 * A message with its prefix, as it is sent; a promise of it where it is compressed.
 *
 * @throws ConnectError RESOURCE_EXHAUSTED above `writeMaxBytes`, INTERNAL for what can't be written
 */
export function frameMessage(
  codec: MessageCodec,
  message: Message,
  options: FramingOptions,
): Uint8Array | Promise<Uint8Array> {
  const { sendCompression, writeMaxBytes } = options;
  const framed = codec.frame(message);
  const size = framed.length - prefixLength;
  if (size > writeMaxBytes) {
    throw new ConnectError(
      `message size ${size} is larger than configured writeMaxBytes ${writeMaxBytes}`,
      Code.ResourceExhausted,
    );
  }
  if (sendCompression === null || !isCompressed(size, options)) return framed;
  return sendCompression
    .compress(framed.subarray(prefixLength) as Uint8Array<ArrayBuffer>)
    .then((compressed) => prefixMessage(compressed, compressedFlag));
}

function isCompressed(
  size: number,
  { requestCompression, compressMinBytes }: FramingOptions,
): boolean {
  return requestCompression?.send ?? size >= compressMinBytes;
}
