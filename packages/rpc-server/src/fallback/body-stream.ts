import { Code, ConnectError } from "@connectrpc/connect";
import type { Stream } from "@privet/http2";
import { Backlog } from "../call/backlog.ts";

type Result = IteratorResult<Uint8Array<ArrayBuffer>, undefined>;

interface Waiter {
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** The octets of a request's body, as they came. Credit is given back for what has been read. */
export class BodyStream implements AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
  readonly #stream: Stream;
  readonly #backlog = new Backlog();
  #waiters: Waiter[] = [];
  #ended = false;
  #done = false;
  #error: ConnectError | undefined = undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  get ended(): boolean {
    return this.#ended;
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    if (this.#done) {
      this.#stream.consume(end - start);
      return;
    }
    this.#backlog.push(bytes, start, end);
    this.#serve();
  }

  end(): void {
    this.#ended = true;
    this.#serve();
  }

  /** Who reads on gets an error: a request that was cut off must not look like a complete one. */
  abort(reason: ConnectError | undefined): void {
    this.#backlog.clear();
    this.#error = reason ?? new ConnectError("the call is over", Code.Canceled);
    this.#serve();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiters.push({ resolve, reject });
    this.#serve();
    return promise;
  }

  /** The reader has had enough; the rest is dropped as it comes. */
  return(): Promise<Result> {
    this.#done = true;
    const left = this.#backlog.size;
    this.#backlog.clear();
    if (left > 0) this.#stream.consume(left);
    this.#serve();
    return Promise.resolve(last);
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      if (this.#done) {
        this.#waiters.shift()?.resolve(last);
      } else if (this.#error !== undefined) {
        this.#waiters.shift()?.reject(this.#error);
      } else if (this.#backlog.size > 0) {
        this.#give();
      } else if (this.#ended) {
        this.#done = true;
      } else {
        return;
      }
    }
  }

  #give(): void {
    this.#backlog.read(Infinity, (bytes, start, end) => {
      this.#stream.consume(end - start);
      const value = bytes.subarray(start, end) as Uint8Array<ArrayBuffer>;
      this.#waiters.shift()?.resolve({ done: false, value });
    });
  }
}

const last: Result = { done: true, value: undefined };
