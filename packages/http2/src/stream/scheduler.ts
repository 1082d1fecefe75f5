import type { StreamRecord } from "./record.ts";

const NONE: ReadonlySet<StreamRecord> = new Set();

/**
 * Whose turn it is to send DATA: streams take turns in a ring, each for a
 * quantum. Streams whose window is too small are set aside until it grows.
 */
export class Scheduler {
  #first: StreamRecord | undefined = undefined;
  #last: StreamRecord | undefined = undefined;
  /** Made when the first is set aside: most connections never have one. */
  #starved: Set<StreamRecord> | undefined = undefined;

  /** Nobody is waiting for a turn. */
  get empty(): boolean {
    return this.#first === undefined;
  }

  get starved(): ReadonlySet<StreamRecord> {
    return this.#starved ?? NONE;
  }

  /** To the end of the ring. */
  add(stream: StreamRecord): void {
    if (stream.scheduled) return;
    stream.scheduled = true;
    if (this.#last === undefined) this.#first = stream;
    else this.#last.next = stream;
    this.#last = stream;
  }

  /** The stream whose turn it is, taken from the ring. */
  shift(): StreamRecord | undefined {
    const stream = this.#first;
    if (stream === undefined) return undefined;
    this.#first = stream.next;
    if (this.#first === undefined) this.#last = undefined;
    stream.next = undefined;
    stream.scheduled = false;
    return stream;
  }

  /** Back to the front of the ring: its turn was not over. */
  unshift(stream: StreamRecord): void {
    stream.scheduled = true;
    stream.next = this.#first;
    this.#first = stream;
    this.#last ??= stream;
  }

  /** Until its window grows. */
  starve(stream: StreamRecord): void {
    (this.#starved ??= new Set()).add(stream);
  }

  /** The window of a stream has grown. */
  feed(stream: StreamRecord): void {
    if (this.#starved?.delete(stream) === true) this.add(stream);
  }

  /** The windows of all streams have grown. */
  feedAll(): void {
    if (this.#starved === undefined) return;
    for (const stream of this.#starved) this.add(stream);
    this.#starved.clear();
  }

  /** A stream is closed. In the ring it stays until its turn, in which it has nothing to send. */
  remove(stream: StreamRecord): void {
    this.#starved?.delete(stream);
  }
}
