import { Code, ConnectError } from "@connectrpc/connect";

/** Where the messages go. */
export interface RequestSink {
  /** @returns false when there is no more room: `RequestPump.run()` follows */
  send(message: Uint8Array): boolean;
  end(): void;
  /** The request can't go on. */
  cancel(error: ConnectError): void;
}

/**
 * Takes the messages of a request from the caller's iterable, one when there
 * is room for one.
 *
 *     RESTING ── run() ──► PULLING ── message, no room ──► RESTING
 *                             │
 *                             └── end, error, close() ──► DONE
 */
export class RequestPump<T> {
  readonly #input: AsyncIterable<T>;
  readonly #frame: (value: T) => Uint8Array | Promise<Uint8Array>;
  readonly #sink: RequestSink;
  readonly #pulled = (result: IteratorResult<T, unknown>): void => this.#take(result);
  readonly #threw = (error: unknown): void => this.#fail(error, Code.Unknown);
  #iterator: AsyncIterator<T, unknown> | undefined = undefined;
  #pulling = false;
  #done = false;

  /** @param frame what is sent of a value; what it throws ends the call */
  constructor(
    input: AsyncIterable<T>,
    frame: (value: T) => Uint8Array | Promise<Uint8Array>,
    sink: RequestSink,
  ) {
    this.#input = input;
    this.#frame = frame;
    this.#sink = sink;
  }

  /** There is room. */
  run(): void {
    if (this.#pulling || this.#done) return;
    this.#pulling = true;
    try {
      this.#iterator ??= this.#input[Symbol.asyncIterator]();
      this.#iterator.next().then(this.#pulled, this.#threw);
    } catch (error) {
      this.#fail(error, Code.Unknown);
    }
  }

  /**
   * The call is over: the iterator is told to clean up.
   *
   * @param error undefined where the call ended well
   */
  close(error: ConnectError | undefined): void {
    if (this.#done) return;
    this.#done = true;
    const iterator = (this.#iterator ??= this.#input[Symbol.asyncIterator]());
    if (error !== undefined) ignore(() => iterator.throw?.(error));
    ignore(() => iterator.return?.());
  }

  #take(result: IteratorResult<T, unknown>): void {
    this.#pulling = false;
    if (this.#done) return;
    if (result.done === true) {
      this.#done = true;
      this.#sink.end();
      return;
    }
    try {
      const framed = this.#frame(result.value);
      if (framed instanceof Promise) this.#sendLater(framed);
      else this.#send(framed);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #sendLater(framed: Promise<Uint8Array>): void {
    this.#pulling = true;
    framed.then(
      (bytes) => this.#sendCompressed(bytes),
      (error: unknown) => this.#refuse(error),
    );
  }

  #sendCompressed(framed: Uint8Array): void {
    this.#pulling = false;
    if (!this.#done) this.#send(framed);
  }

  #send(framed: Uint8Array): void {
    if (this.#sink.send(framed)) this.run();
  }

  /** The caller's message can't be sent: its iterator is told, and so is the call. */
  #refuse(error: unknown): void {
    this.#sink.cancel(ConnectError.from(error, Code.Internal));
  }

  /** The caller's iterator failed, and needs no telling. */
  #fail(error: unknown, code: Code): void {
    if (this.#done) return;
    this.#done = true;
    this.#sink.cancel(ConnectError.from(error, code));
  }
}

/** Nobody is left to care how it cleans up. */
function ignore(cleanUp: () => Promise<unknown> | undefined): void {
  try {
    cleanUp()?.catch(() => {});
  } catch {
    // As above.
  }
}
