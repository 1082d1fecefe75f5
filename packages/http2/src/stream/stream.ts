import type { ErrorCode } from "../constants.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import type { HeaderList } from "../hpack/field.ts";

/**
 * One exchange, RFC 9113 §5. Commands take effect in order, never wait, and
 * never throw for what the peer did: on a stream that the peer has ended they
 * do nothing.
 */
export interface Stream {
  readonly id: number;
  /** Both directions are done, or one side has reset the stream. */
  readonly closed: boolean;
  /** The final octets are queued or sent: nothing more can be sent. */
  readonly sendEnded: boolean;
  /** Octets queued for sending: given to `sendData()` and not yet in a frame. */
  readonly queued: number;

  /**
   * Sends a header block: on a server any number of informational ones, then
   * the response's. A client's goes with `openStream()`.
   *
   * @throws UsageError for a malformed list, after the end, or out of order
   */
  sendHeaders(headers: HeaderList | HeaderBlock, options?: { readonly endStream?: boolean }): void;
  /**
   * Queues `bytes`, which belong to the engine from now on: don't change them.
   * They leave as the peer's windows allow.
   *
   * @returns false when the stream's queue or the connection's output is full:
   *   then wait for `StreamHandler.writable` before sending more
   * @throws UsageError before the headers or after the end
   */
  sendData(bytes: Uint8Array, endStream: boolean): boolean;
  /**
   * Ends our side with trailers, which leave after all queued data.
   *
   * @throws UsageError for a malformed list, before the headers, or after the end
   */
  sendTrailers(headers: HeaderList | HeaderBlock): void;
  /**
   * Ends the stream at once in both directions; queued data is dropped. With
   * NO_ERROR after the end of our side, what is queued leaves first (RFC 9113 §8.1).
   */
  reset(code: ErrorCode): void;
  /**
   * Gives back the flow-control credit of `octets` that were received: the
   * peer may send as many more.
   *
   * @throws UsageError for more than was received and not yet consumed
   */
  consume(octets: number): void;
  /** A message of which `octets` are still missing is being read: widens this stream's window for it. */
  expect(octets: number): void;
  /**
   * The handler's work is done. On a server, the stream holds its slot of
   * `maxConcurrentStreams` until it has ended and was released.
   */
  release(): void;
}
