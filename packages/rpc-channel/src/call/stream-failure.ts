import { Code, ConnectError } from "@connectrpc/connect";
import { codeFromReset } from "@privet/grpc-wire";
import { ErrorCode } from "@privet/http2";
import type { StreamEnd } from "@privet/http2";
import { missingStatus } from "./response-head.ts";
import type { Reach } from "../retry/decision.ts";

const names = new Map<number, string>(
  Object.entries(ErrorCode).map(([name, code]) => [code, name] as const),
);

/** How far an attempt had got whose stream ended so, before any response. */
export function reachOf(end: StreamEnd): Reach {
  if (end.processed) return "seen";
  // Without a connection, it was never written; else it is the server that says so.
  return end.by === "connection" ? "unsent" : "refused";
}

/**
 * Says how a stream ended before its call had a status.
 *
 * @param socketError what the connection's socket failed with
 */
export function streamFailure(end: StreamEnd, socketError: Error | undefined): ConnectError {
  return failures[end.by](end, socketError);
}

type Failure = (end: StreamEnd, socketError: Error | undefined) => ConnectError;

const failures: Readonly<Record<StreamEnd["by"], Failure>> = {
  end: () => missingStatus(),
  connection({ token }, socketError) {
    const { code, message } = (socketError ?? {}) as NodeJS.ErrnoException;
    const why = code ?? message ?? token;
    return unavailable(`the connection was lost${why ? ` (${why})` : ""}`, socketError);
  },
  goaway: ({ token }) => unavailable(`the server is going away${token ? ` (${token})` : ""}`),
  localReset: ({ token }) =>
    token === "header_list_too_large"
      ? new ConnectError("the server's headers are too large", Code.ResourceExhausted)
      : new ConnectError(`the server broke HTTP/2's rules (${token})`, Code.Internal),
  peerReset({ code }) {
    const name = names.get(code) ?? "unknown";
    return new ConnectError(
      `http/2 stream closed with error code ${name} (0x${code.toString(16)})`,
      // Proxies that lose their server say NO_ERROR, for which gRPC has no code: nobody has erred.
      code === ErrorCode.NO_ERROR ? Code.Unavailable : codeFromReset(code),
    );
  },
};

function unavailable(message: string, cause?: unknown): ConnectError {
  return new ConnectError(message, Code.Unavailable, undefined, undefined, cause);
}
