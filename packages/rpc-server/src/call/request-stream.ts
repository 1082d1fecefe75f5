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
    if (this.#waiters.length === 0) {
      try {
        const result = this.#poll();
        if (result !== undefined) return Promise.resolve(result);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiters.push({ resolve, reject });
    return promise;
  }

  /** The reader has had enough; the client may send the rest all the same. */
  return(): Promise<Result> {
    this.#close();
    this.#serve();
    return Promise.resolve(last);
  }

  throw(error: unknown): Promise<Result> {
    this.#close();
    this.#serve();
    return Promise.reject(error);
  }

  /** Gives those who wait what there is for them. */
  #serve(): void {
    while (this.#waiters.length > 0) {
      let result: Result | undefined;
      try {
        result = this.#poll();
      } catch (error) {
        this.#waiters.shift()?.reject(error);
        continue;
      }
      if (result === undefined) return;
      this.#waiters.shift()?.resolve(result);
    }
  }

  /**
   * @returns undefined where whoever asks has to wait
   * @throws what the reader gets instead; as a generator that throws, it has ended then
   */
  #poll(): Result | undefined {
    if (this.#decompressing) return undefined;
    if (this.#error !== undefined) throw this.#error;
    if (this.#done) return last;
    try {
      const bytes = this.#next();
      if (bytes === undefined) return this.#pollEnd();
      const compressed = (this.#cutFlags & compressedFlag) !== 0;
      this.#call.compression.received = compressed;
      if (!compressed) return this.#parse(bytes, bytes.length);
      this.#decompress(bytes);
      return undefined;
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  #pollEnd(): Result | undefined {
    if (!this.#ended) return undefined;
    this.#reader.end();
    this.#close();
    return last;
  }

  /** Reads on to the end of the next message. */
  #next(): Uint8Array | undefined {
    const { stream } = this.#call;
    const waiting = this.#backlog.size;
    let bytes: Uint8Array | undefined;
    try {
      bytes = this.#nextWhole() ?? this.#nextInParts();
    } finally {
      const octets = waiting - this.#backlog.size;
      if (octets > 0) stream.consume(octets);
    }
    if (bytes === undefined && this.#reader.missing > 0) stream.expect(this.#reader.missing);
    return bytes;
  }

  /** Nearly every small message came in one piece. */
  #nextWhole(): Uint8Array | undefined {
    if (!this.#reader.between) return undefined;
    const bytes = this.#backlog.readMessage(this.#call.route.readMaxBytes);
    this.#cutFlags = this.#backlog.flags;
    return bytes;
  }

  #nextInParts(): Uint8Array | undefined {
    const reader = this.#reader;
    // Never beyond one message: so much is read that the prefix or the message can be complete.
    while (this.#cut === undefined) {
      if (this.#backlog.read(reader.missing || prefixLength, this.#read) === 0) break;
    }
    const bytes = this.#cut;
    this.#cut = undefined;
    return bytes;
  }

  #decompress(bytes: Uint8Array): void {
    this.#decompressing = true;
    const give = (plain: Uint8Array): void => {
      const result = this.#parse(plain, bytes.length);
      this.#waiters.shift()?.resolve(result);
    };
    decompress(this.#call, bytes)
      .then(give)
      .catch((error: unknown) => this.#refuse(error))
      .finally(() => {
        this.#decompressing = false;
        this.#serve();
      });
  }

  #parse(bytes: Uint8Array, wireBytes: number): Result {
    const call = this.#call;
    const value = call.route.codec.parse(bytes);
    call.observer?.messageReceived?.(bytes.length, wireBytes);
    return { done: false, value };
  }

  /** As a generator does that throws: it ends with it. */
  #refuse(error: unknown): void {
    this.#close();
    this.#waiters.shift()?.reject(error);
  }

  #close(): void {
    if (this.#done) return;
    this.#done = true;
    const left = this.#backlog.size;
    this.#backlog.clear();
    if (left > 0) this.#call.stream.consume(left);
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
