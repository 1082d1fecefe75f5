import { Code, ConnectError } from "@connectrpc/connect";
import { codeFromReset } from "@privet/grpc-wire";
import { ErrorCode } from "@privet/http2";
import type { StreamEnd } from "@privet/http2";

const names = new Map<number, string>(
  Object.entries(ErrorCode).map(([name, code]) => [code, name] as const),
);

/**
 * Says how a stream ended before its call was answered. The message is Connect's.
 * A client that ends its stream without naming an error has cancelled its call.
 */
export function resetError(end: StreamEnd): ConnectError {
  if (end.by === "connection") {
    return new ConnectError("the connection was lost", Code.Canceled);
  }
  const { code } = end;
  const name = names.get(code) ?? "unknown";
  const message = `http/2 stream closed with error code ${name} (0x${code.toString(16)})`;
  return new ConnectError(message, isSilent(code) ? Code.Canceled : codeFromReset(code));
}

function isSilent(code: ErrorCode): boolean {
  return code === ErrorCode.NO_ERROR || code === ErrorCode.STREAM_CLOSED;
}
