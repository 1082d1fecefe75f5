import { Code, ConnectError } from "@connectrpc/connect";

/** Flag octet of a Length-Prefixed-Message: the message is compressed. */
export const compressedFlag = 0b0000_0001;

/** Flag octet and length, gRPC over HTTP/2 "Requests". */
export const prefixLength = 5;

/**
 * What a length prefix may make us allocate before the octets are there. More
 * is allocated as they arrive, so that a prefix of 4 GiB costs nothing. 64 KiB
 * of a file, and the fields around it, should fit.
 */
const firstAllocation = 65 * 1024;

/** How much larger it gets each time: what was copied before is a third of the whole. */
const growth = 4;

/**
 * Gets each message as it is complete. `bytes` belong to the receiver only
 * where `owned`; else they are borrowed for the call.
 */
export interface MessageSink {
  message(bytes: Uint8Array, flags: number, owned: boolean): void;
}

/**
 * Cuts a body into its Length-Prefixed-Messages. A message that lies whole in
 * one chunk is handed on as a view of it, without a copy; any other is
 * assembled in one buffer that grows with what has arrived.
 */
export class MessageReader {
  readonly #maxBytes: number;
  /** Of the prefix that is being read: how much of it is there, and what it says. */
  #prefixFilled = 0;
  #flags = 0;
  #buffer: Uint8Array<ArrayBuffer> = empty;
  #filled = 0;
  #length = 0;

  /** @param maxBytes of one message as it lies on the wire; more is RESOURCE_EXHAUSTED */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Octets of the message that has begun which have not arrived yet; 0 between messages. */
  get missing(): number {
    return this.#prefixFilled < prefixLength ? 0 : this.#length - this.#filled;
  }

  /** Nothing of the next message has been read. */
  get between(): boolean {
    return this.#prefixFilled === 0;
  }

  /**
   * Takes `bytes[start, end)`, which is borrowed.
   *
   * @throws ConnectError RESOURCE_EXHAUSTED for a message above the limit, as
   *   soon as its prefix is there; what `sink` throws goes through
   */
  read(bytes: Uint8Array, start: number, end: number, sink: MessageSink): void {
    let at = start;
    while (at < end) {
      at =
        this.#prefixFilled < prefixLength
          ? this.#readPrefix(bytes, at, end, sink)
          : this.#readMessage(bytes, at, end, sink);
    }
  }

  /**
   * The body is complete.
   *
   * @throws ConnectError INVALID_ARGUMENT where it ends inside a message
   */
  end(): void {
    if (this.#prefixFilled > 0) {
      throw new ConnectError("protocol error: incomplete envelope", Code.InvalidArgument);
    }
  }

  #readPrefix(bytes: Uint8Array, start: number, end: number, sink: MessageSink): number {
    let at = start;
    if (this.#prefixFilled === 0) {
      this.#flags = bytes[at++] ?? 0;
      this.#length = 0;
      this.#prefixFilled = 1;
    }
    while (this.#prefixFilled < prefixLength && at < end) {
      // Not `<<`, which would make 2^31 and more negative.
      this.#length = this.#length * 256 + (bytes[at++] ?? 0);
      this.#prefixFilled++;
    }
    if (this.#prefixFilled === prefixLength) {
      this.#assertLength();
      this.#filled = 0;
      if (this.#length === 0) this.#complete(empty, false, sink);
    }
    return at;
  }

  #readMessage(bytes: Uint8Array, start: number, end: number, sink: MessageSink): number {
    const taken = Math.min(this.#length - this.#filled, end - start);
    if (this.#filled === 0 && taken === this.#length) {
      this.#complete(bytes.subarray(start, start + taken), false, sink);
      return start + taken;
    }
    this.#grow(this.#filled + taken);
    this.#buffer.set(bytes.subarray(start, start + taken), this.#filled);
    this.#filled += taken;
    if (this.#filled === this.#length) {
      this.#complete(this.#buffer.subarray(0, this.#length), true, sink);
    }
    return start + taken;
  }

  /** The state is reset first: a sink that throws leaves a reader that can go on. */
  #complete(message: Uint8Array, owned: boolean, sink: MessageSink): void {
    const flags = this.#flags;
    this.#prefixFilled = 0;
    this.#filled = 0;
    this.#length = 0;
    this.#buffer = empty;
    sink.message(message, flags, owned);
  }

  #grow(needed: number): void {
    if (needed <= this.#buffer.length) return;
    const capacity = Math.max(needed, firstAllocation, growth * this.#buffer.length);
    // Not filled with zeroes: whoever gets it, gets what has been written.
    const grown = new Uint8Array(Buffer.allocUnsafeSlow(Math.min(this.#length, capacity)).buffer);
    if (this.#filled > 0) {
      grown.set(this.#buffer.subarray(0, this.#filled));
      // It lies outside of the heap, where it would wait for the next full collection.
      this.#buffer.buffer.transfer(0);
    }
    this.#buffer = grown;
  }

  #assertLength(): void {
    if (this.#length > this.#maxBytes) {
      throw new ConnectError(
        `message size ${this.#length} is larger than configured readMaxBytes ${this.#maxBytes}`,
        Code.ResourceExhausted,
      );
    }
  }
}

const empty = new Uint8Array(0);

/**
 * Where the message ends that begins at `start`, with its prefix: perhaps
 * behind the end of `bytes`.
 *
 * @returns undefined where the prefix isn't whole before `end`
 */
export function messageEnd(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start < prefixLength) return undefined;
  const high = bytes[start + 1] as number;
  const low =
    ((bytes[start + 2] as number) << 16) |
    ((bytes[start + 3] as number) << 8) |
    (bytes[start + 4] as number);
  // Not `<<`, which would make 2^31 and more negative.
  return start + prefixLength + high * 0x1000000 + low;
}

/** Is `bytes[start, end)` one message, whole? Then it needs no reader: flags, length, and the message itself. */
export function isWholeMessage(bytes: Uint8Array, start: number, end: number): boolean {
  const size = end - start - prefixLength;
  return (
    size >= 0 &&
    bytes[start + 1] === size >>> 24 &&
    bytes[start + 2] === ((size >>> 16) & 0xff) &&
    bytes[start + 3] === ((size >>> 8) & 0xff) &&
    bytes[start + 4] === (size & 0xff)
  );
}
