import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";

/** What a server reads and writes one call with; null is identity. */
export interface NegotiatedCompression {
  readonly request: Compression | null;
  readonly response: Compression | null;
}

/**
 * Chooses from what the server has `available`, by gRPC's "Compression" document:
 * the request's as its `grpc-encoding` says, the response's as the first of the
 * client's `grpc-accept-encoding` that is available, or the request's where the
 * client names none.
 *
 * @returns a ConnectError UNIMPLEMENTED, which lists what is supported, for an
 *   encoding that is not available
 */
export function negotiateCompression(
  available: readonly Compression[],
  encoding: string | null,
  acceptEncoding: string | null,
): NegotiatedCompression | ConnectError {
  const request = find(available, encoding);
  if (request === undefined) {
    const supported = encodingNames(available);
    return new ConnectError(
      `unknown compression "${encoding}": supported encodings are ${supported}`,
      Code.Unimplemented,
      { "grpc-accept-encoding": supported },
    );
  }
  const response = acceptEncoding ? firstAccepted(available, acceptEncoding) : request;
  return { request, response };
}

/** The value of `grpc-accept-encoding`. */
export function encodingNames(available: readonly Compression[]): string {
  return available.map(({ name }) => name).join(",");
}

/** Undefined for one that is not available. */
function find(
  available: readonly Compression[],
  name: string | null,
): Compression | null | undefined {
  if (name === null || name === "identity") return null;
  return available.find((compression) => compression.name === name);
}

function firstAccepted(available: readonly Compression[], accepted: string): Compression | null {
  for (const name of accepted.split(",")) {
    const found = available.find((compression) => compression.name === name.trim());
    if (found !== undefined) return found;
  }
  return null;
}
