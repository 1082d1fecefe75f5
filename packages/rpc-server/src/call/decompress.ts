import { Code, ConnectError } from "@connectrpc/connect";
import type { Call } from "./call.ts";

/**
 * A message of the request as it was before it was compressed.
 *
 * Rejects with a ConnectError: INTERNAL where the request names no compression,
 * RESOURCE_EXHAUSTED above `readMaxBytes`, INVALID_ARGUMENT for what isn't
 * compressed so.
 */
export async function decompress(call: Call, bytes: Uint8Array): Promise<Uint8Array> {
  const { request } = call.compression;
  if (request === null) {
    throw new ConnectError(
      "received compressed envelope, but do not know how to decompress",
      Code.Internal,
    );
  }
  return request.decompress(bytes, call.route.readMaxBytes);
}
