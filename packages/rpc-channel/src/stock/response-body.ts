import type { ConnectError } from "@connectrpc/connect";

type Result = IteratorResult<Uint8Array, undefined>;

/** The octets of a response as they come: their flow-control credit is given back when they are taken. */
export class ResponseBody implements AsyncIterable<Uint8Array> {
  readonly #consume: (octets: number) => void;
  readonly #abandon: (reason: unknown) => void;
  #chunks: Uint8Array[] = [];
  #waiters: PromiseWithResolvers<Result>[] = [];
  #ended = false;
  #error: ConnectError | undefined = undefined;

  /** @param abandon its reader wants no more of it */
  constructor(consume: (octets: number) => void, abandon: (reason: unknown) => void) {
    this.#consume = consume;
    this.#abandon = abandon;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.#abandon(undefined);
        return { done: true, value: undefined };
      },
      throw: async (reason: unknown) => {
        this.#abandon(reason);
        throw reason;
      },
    };
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#serve();
  }

  end(error: ConnectError | undefined): void {
    this.#ended = true;
    this.#error = error;
    if (error !== undefined) this.#chunks = [];
    this.#serve();
  }

  #next(): Promise<Result> {
    const waiter = Promise.withResolvers<Result>();
    this.#waiters.push(waiter);
    this.#serve();
    return waiter.promise;
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      const value = this.#chunks.shift();
      if (value !== undefined) {
        this.#consume(value.length);
        this.#waiters.shift()?.resolve({ done: false, value });
      } else if (this.#error !== undefined) {
        this.#waiters.shift()?.reject(this.#error);
      } else if (this.#ended) {
        this.#waiters.shift()?.resolve({ done: true, value: undefined });
      } else {
        return;
      }
    }
  }
}
