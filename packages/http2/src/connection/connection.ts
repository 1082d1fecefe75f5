import type { ErrorCode } from "../constants.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import type { HeaderList } from "../hpack/field.ts";
import type { Limits, Role } from "../limits.ts";
import type { StreamHandler } from "../stream/handler.ts";
import type { Stream } from "../stream/stream.ts";
import type { ConnectionHandler, RemoteSettings } from "./handler.ts";
import type { Stats } from "./stats.ts";

export interface ConnectionOptions {
  readonly role: Role;
  readonly handler: ConnectionHandler;
  /** Milliseconds of any monotonic clock: the same that `receive()`, `written()` and `expire()` get. */
  readonly now: number;
  /** Laid over `defaultLimits(role)`. */
  readonly limits?: Partial<Limits>;
  /** Count what goes beyond the budgets and let it pass. Default false. */
  readonly observe?: boolean;
  /** Server: what a wrong preface gets: GOAWAY (default; after ALPN `h2`), or no answer at all. */
  readonly invalidPreface?: "goaway" | "silence";
  /** In [0, 1), for the jitter of `maxConnectionAgeMs`. Default `Math.random`. */
  readonly random?: () => number;
}

/** Why a connection is drained; goes into GOAWAY's debug data. */
export type DrainReason = "max_age" | "max_idle" | "shutdown";

/**
 * One HTTP/2 connection without its socket (RFC 9113). Its methods are of four kinds:
 *
 * - `receive(chunk, now)` and `receiveEnd(now)`: bytes from the network. The
 *   only place that catches the engine's errors, and turns them into RST_STREAM or GOAWAY.
 * - `openStream`, `ping`, `drain`, `abort`, and those of `Stream`: commands of
 *   the application. They never wait and never throw for what the peer did.
 * - `takeOutput()`, `written()`, `nextDeadline()` and `expire(now)`: what the
 *   driver must do. Nothing else leaves the engine but calls to its handlers.
 * - plain getters.
 */
export declare class Connection {
  constructor(options: ConnectionOptions);

  /**
   * @param chunk borrowed for the call
   * @param now the same for all calls of one turn of the event loop: budgets by turn count by it
   * @returns octets taken. Fewer than given is enough for this turn: give the
   *   rest again in the next, or when `readable` is true again. All of them once `closed`.
   */
  receive(chunk: Uint8Array, now: number): number;
  /** The peer's FIN, or the loss of the socket: ends everything. */
  receiveEnd(now: number): void;

  /**
   * Client: opens a stream.
   *
   * @throws UsageError for a malformed list, on a server, or when `availableStreams` is 0
   */
  openStream(
    headers: HeaderList | HeaderBlock,
    handler: StreamHandler,
    options?: { readonly endStream?: boolean },
  ): Stream;
  /** Sends a PING; `onAck` gets the round trip's time, and is never called when the connection ends first. */
  ping(onAck: (rttMs: number) => void): void;
  /** Ends gracefully: no new streams, those that are open go on, then `closed`. */
  drain(reason: DrainReason): void;
  /** Ends at once, with GOAWAY. `token` is one ASCII word with underscores. */
  abort(code: ErrorCode, token: string): void;
  /** While true, stalled streams are ended after `stalledSendPressureMs`. */
  setMemoryPressure(high: boolean): void;

  /** Buffers to write in order. They are not touched again. */
  takeOutput(): Uint8Array[];
  readonly outputPending: boolean;
  /** After each write, and when the socket has drained: `unsentBytes` is what it still holds of ours. */
  written(unsentBytes: number, now: number): void;
  /** When to call `expire()`; Infinity if never. */
  nextDeadline(): number;
  expire(now: number): void;

  readonly role: Role;
  readonly limits: Limits;
  /** False while `receive()` would take nothing, since our answers wait for the socket. */
  readonly readable: boolean;
  /** After the end: write what `takeOutput()` has, end the socket, destroy it after `closeLingerMs`. */
  readonly closed: boolean;
  /** No new streams: by `drain()`, by the peer's GOAWAY, or closed. */
  readonly draining: boolean;
  /** Client: how many streams can be opened now. */
  readonly availableStreams: number;
  /** Streams that are open, or whose handler is at work. */
  readonly activeStreams: number;
  readonly remoteSettings: RemoteSettings;
  stats(): Stats;
}
