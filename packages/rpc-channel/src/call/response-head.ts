import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { codecOf, codeFromHttpStatus, readStatus, toHeaders } from "@privet/grpc-wire";
import type { ReceivedHeaders } from "@privet/http2";

/**
 * Checks the headers that a response begins with (gRPC over HTTP/2, "Responses").
 *
 * @param binary whether messages are protobuf's binary format
 * @returns why it can't be read as a response of gRPC; undefined where it can
 */
export function faultOfHead(headers: ReceivedHeaders, binary: boolean): ConnectError | undefined {
  if (headers.status !== 200) {
    const code = codeFromHttpStatus(headers.status);
    return new ConnectError(`HTTP ${headers.status}`, code, toHeaders(headers.snapshot()));
  }
  const type = headers.get("content-type");
  const codec = type === undefined ? undefined : codecOf(type);
  if (codec === undefined) {
    return new ConnectError(`unsupported content type ${type ?? null}`, Code.Unknown);
  }
  if ((codec === "proto") !== binary) {
    return new ConnectError(`unsupported content type ${type}`, Code.Internal);
  }
  return undefined;
}

/**
 * What the messages of a response are compressed with; null is not at all.
 *
 * @returns a ConnectError INTERNAL for what wasn't offered
 */
export function compressionOf(
  headers: ReceivedHeaders,
  accepted: readonly Compression[],
): Compression | null | ConnectError {
  const encoding = headers.get("grpc-encoding");
  if (encoding === undefined || encoding.toLowerCase() === "identity") return null;
  return (
    accepted.find(({ name }) => name === encoding) ??
    new ConnectError(
      `unsupported response encoding "${encoding}"`,
      Code.Internal,
      toHeaders(headers.snapshot()),
    )
  );
}

/**
 * The status that a call ends with.
 *
 * @param trailers in a Trailers-Only response, the headers themselves
 * @param head undefined in a Trailers-Only response
 * @returns undefined for OK
 */
export function statusOf(
  trailers: ReceivedHeaders,
  head: ReceivedHeaders | undefined,
): ConnectError | undefined {
  if (isPlainOk(trailers)) return undefined;
  const status = readStatus(toHeaders(trailers.snapshot()));
  if (status === null) return undefined;
  if (status === undefined) return missingStatus();
  if (head !== undefined) {
    for (const [name, value] of toHeaders(head.snapshot())) status.metadata.append(name, value);
  }
  return status;
}

/** Nearly every call's: no `Headers` are made for it. */
function isPlainOk(trailers: ReceivedHeaders): boolean {
  return (
    trailers.get("grpc-status") === "0" && trailers.get("grpc-status-details-bin") === undefined
  );
}

export function missingStatus(): ConnectError {
  return new ConnectError("protocol error: missing status", Code.Internal);
}
