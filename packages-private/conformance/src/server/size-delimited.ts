import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, Message, MessageShape } from "@bufbuild/protobuf";
import type { Readable } from "node:stream";

/** The octets of a message behind their number, four octets in network order. */
export function sizeDelimited(schema: DescMessage, message: Message): Buffer {
  const bytes = toBinary(schema, message);
  const prefixed = Buffer.alloc(4 + bytes.length);
  prefixed.writeUInt32BE(bytes.length);
  prefixed.set(bytes, 4);
  return prefixed;
}

/**
 * The first message of `input`, which may stay open.
 *
 * @throws Error where it ends before
 */
export async function readSizeDelimited<Schema extends DescMessage>(
  schema: Schema,
  input: Readable,
): Promise<MessageShape<Schema>> {
  let received = Buffer.alloc(0);
  for await (const chunk of input.iterator({ destroyOnReturn: false })) {
    received = Buffer.concat([received, chunk as Buffer]);
    if (received.length < 4) continue;
    const end = 4 + received.readUInt32BE();
    if (received.length >= end) return fromBinary(schema, received.subarray(4, end));
  }
  throw new Error("the input ended within its first message");
}
