import type { ErrorCode } from "../constants.ts";
import type { ReceivedHeaders } from "../semantics/headers.ts";
import type { StreamHandler } from "../stream/handler.ts";
import type { Stream } from "../stream/stream.ts";

/** The peer's SETTINGS that an application can have a use for, RFC 9113 §6.5.2. */
export interface RemoteSettings {
  /** Infinity until the peer says otherwise. */
  readonly maxConcurrentStreams: number;
  readonly initialWindowSize: number;
  readonly maxFrameSize: number;
  /** Advisory. Infinity until the peer says otherwise. */
  readonly maxHeaderListSize: number;
}

/** How a connection ended. */
export interface ConnectionEnd {
  /**
   * - `local`: by us: drained, aborted, a deadline, or the peer broke the rules
   * - `remote`: the peer's GOAWAY, with its code
   * - `transport`: the peer's FIN, or the socket was lost, without a GOAWAY
   */
  readonly by: "local" | "remote" | "transport";
  readonly code: ErrorCode;
  /** Why, as one ASCII word with underscores; what we sent or got as GOAWAY's debug data. */
  readonly token: string;
  /** What was thrown where nothing should be: a fault of the engine itself, to be reported. */
  readonly bug?: unknown;
}

/**
 * The application's side of one connection. The engine calls it synchronously;
 * what it throws is caught.
 */
export interface ConnectionHandler {
  /**
   * Server: a request. `headers` doesn't change: it may be kept.
   *
   * @returns who gets the rest of the stream
   */
  stream?(stream: Stream, headers: ReceivedHeaders, endStream: boolean): StreamHandler;
  /**
   * Server: a request whose header list is beyond the limits: `headers` has the
   * fields up to there. Answer 431 or the like. Without this method, such a
   * stream is reset with ENHANCE_YOUR_CALM.
   */
  streamTooLarge?(stream: Stream, headers: ReceivedHeaders, endStream: boolean): StreamHandler;
  /** The peer's SETTINGS are in force; `availableStreams` can have changed. */
  settings?(remote: RemoteSettings): void;
  /** The peer opens no more streams and takes none above `lastStreamId`. `debug` is latin1 text, cut short. */
  goaway?(lastStreamId: number, code: ErrorCode, debug: string): void;
  /** A slot for `openStream()` became free after there was none. Client only. */
  streamsAvailable?(count: number): void;
  /** A handler threw `error`: its stream, if it had one, was reset with INTERNAL_ERROR. */
  threw?(error: unknown): void;
  /** The connection has ended, after all its streams. Called exactly once; what `takeOutput()` still has may be sent. */
  closed(end: ConnectionEnd): void;
  /** A command outside of `receive()` and `expire()` made output, or moved the next deadline: flush once, soon. */
  outputReady(): void;
}
