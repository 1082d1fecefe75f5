import type { DescMethod } from "@bufbuild/protobuf";
import type { ConnectError } from "@connectrpc/connect";
import type { Peer } from "./peer.ts";

/**
 * Is told of all that happens: the seam for metrics, traces and access logs.
 * It is called synchronously and must not throw. Without one, a call pays one
 * check.
 */
export interface ServerObserver {
  /** A connection is open. */
  connectionOpened?(peer: Peer): void;
  /** It has ended. `reason` is one word, such as `max_age`, or empty; GOAWAY's debug data on HTTP/2. */
  connectionClosed?(peer: Peer, reason: string): void;
  /** A call's headers are there. @returns who is told of the rest of it */
  callStarted?(call: ObservedCall): CallObserver | undefined;
}

/** A call that has begun. */
export interface ObservedCall {
  /** Undefined where no route has the path. */
  readonly method: DescMethod | undefined;
  /** As requested, without the query. */
  readonly path: string;
  readonly protocol: "grpc" | "grpc-web" | "connect";
  readonly peer: Peer;
  /** The value of the request header called `name`, in lower case; undefined without one. */
  header(name: string): string | undefined;
}

/** Is told of one call. */
export interface CallObserver {
  /** A message is complete: its octets, and those that it had on the wire, without the prefix. */
  messageReceived?(bytes: number, wireBytes: number): void;
  /** A message is written: its octets, and those that it has on the wire, without the prefix. */
  messageSent?(bytes: number, wireBytes: number): void;
  /** The call is over for the client: undefined is OK. Called exactly once. */
  ended?(error: ConnectError | undefined): void;
  /**
   * The implementation has returned: later than the end where it ignores a
   * deadline or a cancellation. Not called where the call has ended before the
   * implementation began: what counts open calls counts `ended`.
   */
  released?(): void;
}
