import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";

/**
 * A message of the response as it was before it was compressed.
 *
 * Rejects with a ConnectError: INTERNAL where the response names no compression,
 * RESOURCE_EXHAUSTED above `readMaxBytes`, INVALID_ARGUMENT for what isn't compressed so.
 */
export async function decompress(
  compression: Compression | null,
  bytes: Uint8Array,
  readMaxBytes: number,
): Promise<Uint8Array> {
  if (compression !== null) {
    return compression.decompress(bytes, readMaxBytes);
  }
  throw new ConnectError(
    "received compressed envelope, but do not know how to decompress",
    Code.Internal,
  );
}
