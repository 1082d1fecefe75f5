import type { ErrorCode } from "../constants.ts";
import type { ReceivedHeaders } from "../semantics/headers.ts";

/**
 * What a block of header fields is, RFC 9113 §8.1: a 1xx before the response,
 * the response's own, or what follows the body.
 */
export type HeadersKind = "informational" | "final" | "trailers";

/** How a stream ended. */
export interface StreamEnd {
  /**
   * - `end`: both sides sent all that they had
   * - `peerReset`: the peer sent RST_STREAM
   * - `localReset`: we did, by `reset()` or because the peer broke the stream's rules
   * - `goaway`: the peer's GOAWAY says that it never looked at the stream
   * - `connection`: the connection ended first
   */
  readonly by: "end" | "peerReset" | "localReset" | "goaway" | "connection";
  /** Of the RST_STREAM or GOAWAY; NO_ERROR for `end`. */
  readonly code: ErrorCode;
  /** False where the peer's application certainly never saw the stream: it may be tried again elsewhere. */
  readonly processed: boolean;
  /** Why, as one ASCII word with underscores; empty for `end` and for what the peer did. */
  readonly token: string;
}

/**
 * The application's side of one stream. The engine calls it synchronously,
 * from inside `receive()`, `expire()`, `receiveEnd()`, or the command that
 * caused the event. Whatever it throws resets the stream with INTERNAL_ERROR.
 */
export interface StreamHandler {
  /**
   * A header block after the one that opened the stream: on a server trailers
   * alone. `headers` doesn't change: it may be kept.
   */
  headers?(headers: ReceivedHeaders, kind: HeadersKind, endStream: boolean): void;
  /**
   * Octets of the body, in `bytes[start, end)`, which is borrowed: copy what is
   * kept. Give the credit back with `Stream.consume()`. Empty only with `endStream`.
   */
  data(bytes: Uint8Array, start: number, end: number, endStream: boolean): void;
  /** After `sendData()` answered false: there is room again for `credit` octets. */
  writable?(credit: number): void;
  /** The stream has ended. Called exactly once; nothing is called after it. */
  closed(end: StreamEnd): void;
}
