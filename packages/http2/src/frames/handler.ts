/**
 * What `FrameReader` calls, in the order of RFC 9113 §6. Payloads are lent for
 * the call, in `bytes[start, end)`. A method may throw `StreamError` or
 * `ConnectionError`: the reader then goes on behind that frame.
 */
export interface FrameHandler {
  /** Asked before each frame: false leaves it and all that follows unread. */
  wantsFrame(): boolean;

  /**
   * A DATA frame begins.
   *
   * @param length of the whole payload, which is what flow control counts
   * @param padding of that, the octets that are not data
   * @returns false to have its data skipped
   */
  dataBegin(streamId: number, length: number, padding: number, endStream: boolean): boolean;
  /** The next data of the frame that has begun; `last` with the end of it. Empty only when all of it is. */
  data(bytes: Uint8Array, start: number, end: number, last: boolean): void;
  /**
   * A whole header block, CONTINUATION frames joined.
   *
   * @param dependency the stream of the deprecated priority fields, -1 without them
   */
  headers(
    streamId: number,
    endStream: boolean,
    dependency: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void;
  priority(streamId: number, dependency: number): void;
  /** A PRIORITY frame that doesn't have five octets: the one wrong length that is a stream's error. */
  priorityOfWrongSize(streamId: number): void;
  resetStream(streamId: number, code: number): void;
  settings(bytes: Uint8Array, start: number, end: number): void;
  settingsAck(): void;
  ping(bytes: Uint8Array, start: number): void;
  pingAck(bytes: Uint8Array, start: number): void;
  goaway(lastStreamId: number, code: number, bytes: Uint8Array, start: number, end: number): void;
  windowUpdate(streamId: number, increment: number): void;
  /** Before the `count`th CONTINUATION of a block is read. */
  continuation(count: number): void;
  /** RFC 9218 §7.1. */
  priorityUpdate(streamId: number): void;
  /** A frame of a type that we don't know. */
  unknown(type: number): void;
}
