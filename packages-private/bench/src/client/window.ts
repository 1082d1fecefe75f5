/** What clients can be asked to do. */
export type Work = "unary" | "latency" | "echo" | "download" | "upload" | "ping-pong";

/**
 * What a client under test is told: calls of one kind, in a closed loop. The
 * clients of other languages read the same, as JSON.
 */
export interface Window {
  /** `latency` is `unary` whose every call is timed. */
  readonly work: Work;
  readonly port: number;
  readonly tls: boolean;
  /** Calls under way at a time. */
  readonly width: number;
  /** Messages of one call, where it has many; round trips, for `ping-pong`. */
  readonly count: number;
  /** Octets of data in each message. */
  readonly size: number;
  /** No call begins later than that. */
  readonly seconds: number;
}

/** What came of it. */
export interface Done {
  /** Calls; or messages, or round trips, for calls that have many. */
  readonly amount: number;
  readonly seconds: number;
  /** How long each call took, in microseconds, for `latency`. */
  readonly micros?: readonly number[];
}
