/** Why `connect()` gave no connection. */
export type ConnectFailureReason = "unreachable" | "timeout" | "closed" | "no_http2";

/**
 * `connect()` gave no connection.
 *
 * - `unreachable`: the socket or TLS failed; `cause` is their error, with its `code`
 * - `timeout`: no SETTINGS from the server in time
 * - `closed`: the server ended the connection before its SETTINGS
 * - `no_http2`: the server doesn't speak HTTP/2, by ALPN
 */
export class ConnectFailure extends Error {
  override readonly name = "ConnectFailure";
  readonly reason: ConnectFailureReason;

  constructor(reason: ConnectFailureReason, message: string, cause?: Error) {
    super(message, { cause });
    this.reason = reason;
  }
}
