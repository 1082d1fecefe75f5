import type { StreamRecord } from "./record.ts";

/**
 * Whose turn it is to send DATA: streams take turns in a ring, each for a
 * quantum. Streams whose window is too small are set aside until it grows.
 */
export class Scheduler {
  #first: StreamRecord | undefined = undefined;
  #last: StreamRecord | undefined = undefined;
  readonly #starved = new Set<StreamRecord>();

  /** Nobody is waiting for a turn. */
  get empty(): boolean {
    return this.#first === undefined;
  }

  get starved(): ReadonlySet<StreamRecord> {
    return this.#starved;
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
    this.#starved.add(stream);
  }

  /** The window of a stream has grown. */
  feed(stream: StreamRecord): void {
    if (this.#starved.delete(stream)) this.add(stream);
  }

  /** The windows of all streams have grown. */
  feedAll(): void {
    for (const stream of this.#starved) this.add(stream);
    this.#starved.clear();
  }

  /** A stream is closed. In the ring it stays until its turn, in which it has nothing to send. */
  remove(stream: StreamRecord): void {
    this.#starved.delete(stream);
  }
}
