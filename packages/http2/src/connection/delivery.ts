import type { ReceivedHeaders } from "../semantics/headers.ts";
import type { HeadersKind, StreamEnd, StreamHandler } from "../stream/handler.ts";
import type { StreamRecord } from "../stream/record.ts";
import type { Session } from "./session.ts";

/**
 * Calls the application's handlers. What they throw is theirs: it is reported,
 * their stream ends, and the connection goes on.
 */
export class Delivery {
  readonly #session: Session;
  readonly #onFault: (stream: StreamRecord) => void;

  /** @param onFault ends a stream whose handler threw */
  constructor(session: Session, onFault: (stream: StreamRecord) => void) {
    this.#session = session;
    this.#onFault = onFault;
  }

  /** Hands a request to the application. @returns the stream's handler, undefined where it threw */
  request(
    stream: StreamRecord,
    headers: ReceivedHeaders,
    endStream: boolean,
  ): StreamHandler | undefined {
    const { handler } = this.#session;
    try {
      if (headers.tooLarge) return handler.streamTooLarge?.(stream, headers, endStream);
      return handler.stream?.(stream, headers, endStream);
    } catch (error) {
      this.#session.threw(error);
      return undefined;
    }
  }

  headers(
    stream: StreamRecord,
    headers: ReceivedHeaders,
    kind: HeadersKind,
    endStream: boolean,
  ): void {
    try {
      stream.handler?.headers?.(headers, kind, endStream);
    } catch (error) {
      this.#fault(stream, error);
    }
  }

  data(
    stream: StreamRecord,
    bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void {
    try {
      stream.handler?.data(bytes, start, end, endStream);
    } catch (error) {
      this.#fault(stream, error);
    }
  }

  writable(stream: StreamRecord, credit: number): void {
    try {
      stream.handler?.writable?.(credit);
    } catch (error) {
      this.#fault(stream, error);
    }
  }

  closed(handler: StreamHandler, end: StreamEnd): void {
    try {
      handler.closed(end);
    } catch (error) {
      this.#session.threw(error);
    }
  }

  #fault(stream: StreamRecord, error: unknown): void {
    this.#session.threw(error);
    this.#onFault(stream);
  }
}
