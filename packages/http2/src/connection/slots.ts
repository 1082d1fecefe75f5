import type { ReceivedHeaders } from "../semantics/headers.ts";
import { EarlyData } from "../stream/early-data.ts";
import type { StreamRecord } from "../stream/record.ts";
import type { Session } from "./session.ts";

/** Hands a stream to its handler. */
export type Start = (stream: StreamRecord, headers: ReceivedHeaders, endStream: boolean) => void;

/**
 * Which of the peer's streams are at work. A handler holds one of
 * `maxConcurrentStreams` slots until it has released its stream, however the
 * stream itself ended: a peer that resets streams gets no more work done than
 * one that doesn't (CVE-2023-44487). What it opens meanwhile waits, in order.
 */
export class Slots {
  /** Slots that are held. */
  held = 0;

  readonly #session: Session;
  readonly #start: Start;
  readonly #startLate: (stream: StreamRecord, early: EarlyData) => void;
  /** Made for the first that waits. */
  #waiting: Set<StreamRecord> | undefined = undefined;
  #starting = false;

  /** @param startLate hands over a stream that had to wait, with all that came meanwhile */
  constructor(
    session: Session,
    start: Start,
    startLate: (stream: StreamRecord, early: EarlyData) => void,
  ) {
    this.#session = session;
    this.#start = start;
    this.#startLate = startLate;
  }

  get waiting(): number {
    return this.#waiting?.size ?? 0;
  }

  /** A new stream: it starts, or waits. */
  enter(stream: StreamRecord, headers: ReceivedHeaders, endStream: boolean): void {
    this.#hold(stream, headers.listSize);
    if (this.waiting === 0 && this.#hasOne()) {
      this.#take(stream);
      this.#start(stream, headers, endStream);
      return;
    }
    this.#session.budgets.handlerQueue(this.waiting);
    stream.early = new EarlyData(headers, endStream);
    (this.#waiting ??= new Set()).add(stream);
  }

  /** Data for a stream that waits. */
  earlyData(
    stream: StreamRecord,
    early: EarlyData,
    bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void {
    early.push(bytes, start, end);
    early.ended = endStream;
    this.#hold(stream, end - start);
  }

  /** Trailers for a stream that waits. */
  earlyTrailers(stream: StreamRecord, early: EarlyData, trailers: ReceivedHeaders): void {
    early.trailers = trailers;
    early.ended = true;
    this.#hold(stream, trailers.listSize);
  }

  /** The stream is closed, or released, or both: its slot is free with both. */
  leave(stream: StreamRecord): void {
    if (!stream.closed) return;
    if (this.#waiting?.delete(stream) === true) {
      stream.early = undefined;
      this.#letGo(stream);
    } else if (stream.holdsSlot && stream.released) {
      stream.holdsSlot = false;
      this.held--;
      this.#letGo(stream);
      this.#startWaiting();
    }
  }

  #hasOne(): boolean {
    return this.held < this.#session.limits.maxConcurrentStreams;
  }

  #take(stream: StreamRecord): void {
    this.held++;
    stream.holdsSlot = true;
    stream.startedTurn = this.#session.turn;
  }

  /** A handler that is done at once frees its own slot: the loop goes on, not the stack. */
  #startWaiting(): void {
    const waiting = this.#waiting;
    if (this.#starting || waiting === undefined) return;
    this.#starting = true;
    for (const stream of waiting) {
      if (!this.#hasOne() || this.#session.ended) break;
      waiting.delete(stream);
      const { early } = stream;
      if (early === undefined) continue;
      stream.early = undefined;
      this.#take(stream);
      this.#startLate(stream, early);
    }
    this.#starting = false;
  }

  #hold(stream: StreamRecord, octets: number): void {
    stream.memory += octets;
    this.#session.memory += octets;
  }

  #letGo(stream: StreamRecord): void {
    this.#session.memory -= stream.memory;
    stream.memory = 0;
  }
}
