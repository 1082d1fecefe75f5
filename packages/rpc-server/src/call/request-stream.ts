import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { compressedFlag, MessageReader, prefixLength } from "@privet/grpc-wire";
import type { MessageSink } from "@privet/grpc-wire";
import { Backlog } from "./backlog.ts";
import type { Call } from "./call.ts";
import { decompress } from "./decompress.ts";
import type { RequestBody } from "./request-body.ts";

type Result = IteratorResult<Message, undefined>;

interface Waiter {
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * The request of a method that takes a stream of messages, as its
 * implementation iterates over it. Octets are kept as they came until a message
 * is asked for; then it is cut out of them, and only then is their flow-control
 * credit given back: a client can be ahead by no more than a window.
 */
export class RequestStream implements RequestBody, MessageSink, AsyncIterableIterator<Message> {
  readonly #call: Call;
  readonly #reader: MessageReader;
  readonly #backlog: Backlog;
  readonly #read = (bytes: Uint8Array, start: number, end: number): void =>
    this.#reader.read(bytes, start, end, this);
  #waiters: Waiter[] = [];
  #cut: Uint8Array | undefined = undefined;
  #cutFlags = 0;
  #decompressing = false;
  #ended = false;
  /** Nothing more is given: all was, or the reader has had enough. */
  #done = false;
  #error: ConnectError | undefined = undefined;

  constructor(call: Call) {
    this.#call = call;
    this.#backlog = new Backlog(call.route.codec.copy);
    this.#reader = new MessageReader(call.route.readMaxBytes);
  }

  // The body

  data(bytes: Uint8Array, start: number, end: number): void {
    if (this.#done) {
      this.#call.stream.consume(end - start);
      return;
    }
    this.#backlog.push(bytes, start, end);
    this.#serve();
  }

  end(): void {
    this.#ended = true;
    this.#serve();
  }

  abort(status: ConnectError | undefined): void {
    this.#backlog.clear();
    if (this.#done) return;
    this.#error = unread(status);
    this.#serve();
  }

  message(bytes: Uint8Array, flags: number): void {
    this.#cut = bytes;
    this.#cutFlags = flags;
  }

  // The iterator

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiters.push({ resolve, reject });
    this.#serve();
    return promise;
  }

  /** The reader has had enough; the client may send the rest all the same. */
  return(): Promise<Result> {
    this.#close();
    return Promise.resolve(last);
  }

  throw(error: unknown): Promise<Result> {
    this.#close();
    return Promise.reject(error);
  }

  /** Gives those who wait what there is for them. */
  #serve(): void {
    while (this.#waiters.length > 0 && !this.#decompressing) {
      if (this.#error !== undefined) {
        this.#waiters.shift()?.reject(this.#error);
      } else if (this.#done) {
        this.#waiters.shift()?.resolve(last);
      } else if (!this.#serveMessage()) {
        return;
      }
    }
  }

  /** @returns whether there was something for the first of those who wait */
  #serveMessage(): boolean {
    try {
      const bytes = this.#next();
      if (bytes === undefined) {
        if (!this.#ended) return false;
        this.#reader.end();
        this.#close();
        return true;
      }
      const compressed = (this.#cutFlags & compressedFlag) !== 0;
      this.#call.compression.received = compressed;
      if (compressed) this.#decompress(bytes);
      else this.#give(bytes, bytes.length);
    } catch (error) {
      this.#refuse(error);
    }
    return true;
  }

  /** Reads on to the end of the next message. */
  #next(): Uint8Array | undefined {
    const { stream } = this.#call;
    const reader = this.#reader;
    const waiting = this.#backlog.size;
    try {
      // Never beyond one message: so much is read that the prefix or the message can be complete.
      while (this.#cut === undefined) {
        if (this.#backlog.read(reader.missing || prefixLength, this.#read) === 0) break;
      }
    } finally {
      const octets = waiting - this.#backlog.size;
      if (octets > 0) stream.consume(octets);
    }
    const bytes = this.#cut;
    this.#cut = undefined;
    if (bytes === undefined && reader.missing > 0) stream.expect(reader.missing);
    return bytes;
  }

  #decompress(bytes: Uint8Array): void {
    this.#decompressing = true;
    decompress(this.#call, bytes)
      .then((plain) => this.#give(plain, bytes.length))
      .catch((error: unknown) => this.#refuse(error))
      .finally(() => {
        this.#decompressing = false;
        this.#serve();
      });
  }

  #give(bytes: Uint8Array, wireBytes: number): void {
    const call = this.#call;
    const value = call.route.codec.parse(bytes);
    call.observer?.messageReceived?.(bytes.length, wireBytes);
    this.#waiters.shift()?.resolve({ done: false, value });
  }

  /** As a generator does that throws: it ends with it. */
  #refuse(error: unknown): void {
    const waiter = this.#waiters.shift();
    this.#close();
    waiter?.reject(error);
  }

  #close(): void {
    if (this.#done) return;
    this.#done = true;
    const left = this.#backlog.size;
    this.#backlog.clear();
    if (left > 0) this.#call.stream.consume(left);
    this.#serve();
  }
}

const last: Result = { done: true, value: undefined };

/** An upload that was cut off must not look like a complete one: its reader learns that it was cancelled. */
function unread(status: ConnectError | undefined): ConnectError {
  if (status === undefined) return new ConnectError("the call is over", Code.Canceled);
  return status.code === Code.Canceled || status.code === Code.DeadlineExceeded
    ? status
    : new ConnectError(status.rawMessage, Code.Canceled, undefined, undefined, status);
}
