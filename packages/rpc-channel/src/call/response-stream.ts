import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { compressedFlag, prefixLength } from "@privet/grpc-wire";
import type { MessageCodec } from "../message-codec.ts";
import { abortReason } from "./abort-reason.ts";
import { decompress } from "./decompress.ts";
import { Fifo } from "./fifo.ts";
import { MessageBlocks } from "./message-blocks.ts";

type Result = IteratorResult<Message, undefined>;

interface Waiter {
  resolve(result: Result): void;
  reject(error: ConnectError): void;
}

interface Received {
  readonly bytes: Uint8Array;
  readonly flags: number;
}

/** Where the messages come from. */
export interface ResponseSource {
  /** So many octets have been taken: the server may send as many more. */
  consume(octets: number): void;
  /** The rest of a message that has begun is wanted, however large it is. */
  expectRest(): void;
  /** What came can't be read: it ends the call, and this with it. */
  cancel(error: ConnectError): void;
}

/**
 * The messages of a response, as a caller iterates over them. They are kept as
 * octets until they are asked for, and only then is their flow-control credit
 * given back: a server can be ahead by no more than a window.
 *
 * Its iterator has no `return()`, as Connect's: to stop reading doesn't cancel
 * the call, the signal does.
 */
export class ResponseStream implements AsyncIterable<Message> {
  readonly #codec: MessageCodec;
  readonly #readMaxBytes: number;
  readonly #source: ResponseSource;
  readonly #signal: AbortSignal | undefined;
  readonly #iterator: AsyncIterator<Message, undefined>;
  #compression: Compression | null = null;
  readonly #queue: Fifo<Received> = new Fifo();
  readonly #blocks: MessageBlocks = new MessageBlocks();
  #waiters: Waiter[] = [];
  #decompressing = false;
  /** Octets whose credit the server hasn't got back. */
  #unconsumed = 0;
  #ended = false;
  /** The end has been given: nothing changes it. */
  #drained = false;
  #error: ConnectError | undefined = undefined;

  /** @param signal of the call: once it is aborted, what has come is not given any more */
  constructor(
    codec: MessageCodec,
    readMaxBytes: number,
    source: ResponseSource,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal;
    this.#codec = codec;
    this.#readMaxBytes = readMaxBytes;
    this.#source = source;
    this.#iterator = { next: () => this.#next() };
  }

  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return this.#iterator;
  }

  /** What its messages are compressed with. */
  begin(compression: Compression | null): void {
    this.#compression = compression;
  }

  /** @throws ConnectError for a message that can't be read and is waited for */
  push(bytes: Uint8Array, flags: number, owned: boolean): void {
    const plain = (flags & compressedFlag) === 0;
    const kept = owned ? bytes : this.#blocks.copy(bytes, this.#unconsumed);
    if (plain && this.#waiters.length > 0 && this.#queue.size === 0 && !this.#decompressing) {
      const value = this.#codec.parse(kept);
      this.#consume(prefixLength + kept.length);
      this.#waiters.shift()?.resolve({ done: false, value });
      return;
    }
    this.#queue.push({ bytes: kept, flags });
    this.#serve();
  }

  /** So many octets have come, messages or parts of one. */
  received(octets: number): void {
    this.#unconsumed += octets;
  }

  /** A message has begun that isn't complete. */
  incomplete(): void {
    if (this.#waiters.length > 0 && this.#queue.size === 0) this.#makeWay();
  }

  /** @param drop whether what hasn't been read yet is of no use any more */
  end(error: ConnectError | undefined, drop: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    if (drop) this.#queue.clear();
    this.#serve();
  }

  #next(): Promise<Result> {
    return this.#nextAtOnce() ?? this.#nextLater();
  }

  /** The next message where it is there, and the common case in all else. */
  #nextAtOnce(): Promise<Result> | undefined {
    if (this.#waiters.length > 0 || this.#decompressing || this.#signal?.aborted === true) {
      return undefined;
    }
    const received = this.#queue.peek();
    if (received === undefined || (received.flags & compressedFlag) !== 0) return undefined;
    this.#queue.shift();
    const { bytes } = received;
    this.#consume(prefixLength + bytes.length);
    try {
      return Promise.resolve({ done: false, value: this.#codec.parse(bytes) });
    } catch (error) {
      this.#refuse(error);
      return undefined;
    }
  }

  #nextLater(): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiters.push({ resolve, reject });
    // The call itself may have ended well before that.
    if (this.#signal?.aborted === true && !this.#drained) this.#cut(abortReason(this.#signal));
    this.#serve();
    if (this.#waiters.length > 0 && !this.#ended && !this.#decompressing) this.#makeWay();
    return promise;
  }

  /** The message that is waited for may be larger than all windows. */
  #makeWay(): void {
    this.#consume(this.#unconsumed);
    this.#source.expectRest();
  }

  #consume(octets: number): void {
    // Of a message that was waited for, a part has been given back before.
    const due = Math.min(octets, this.#unconsumed);
    this.#unconsumed -= due;
    if (due > 0) this.#source.consume(due);
  }

  #serve(): void {
    while (this.#waiters.length > 0 && !this.#decompressing) {
      const received = this.#queue.shift();
      if (received !== undefined) this.#give(received);
      else if (!this.#ended) return;
      else this.#giveEnd();
    }
  }

  #give({ bytes, flags }: Received): void {
    this.#consume(prefixLength + bytes.length);
    if ((flags & compressedFlag) !== 0) {
      this.#decompress(bytes);
      return;
    }
    this.#giveMessage(bytes);
  }

  #decompress(bytes: Uint8Array): void {
    this.#decompressing = true;
    decompress(this.#compression, bytes, this.#readMaxBytes)
      .then((plain) => this.#giveMessage(plain))
      .catch((error: unknown) => this.#refuse(error))
      .finally(() => {
        this.#decompressing = false;
        this.#serve();
      });
  }

  #giveMessage(bytes: Uint8Array): void {
    try {
      const value = this.#codec.parse(bytes);
      this.#waiters.shift()?.resolve({ done: false, value });
    } catch (error) {
      this.#refuse(error);
    }
  }

  #giveEnd(): void {
    this.#drained = true;
    const waiter = this.#waiters.shift();
    if (this.#error === undefined) waiter?.resolve({ done: true, value: undefined });
    else waiter?.reject(this.#error);
  }

  /** The stream ends here, even where its call has already ended well. */
  #refuse(reason: unknown): void {
    const error = ConnectError.from(reason, Code.Internal);
    this.#cut(error);
    this.#source.cancel(error);
    if (!this.#decompressing) this.#serve();
  }

  #cut(error: ConnectError): void {
    this.#queue.clear();
    this.#error = error;
    this.#ended = true;
  }
}
