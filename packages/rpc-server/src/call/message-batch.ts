import { prefixLength, splitMessage, writeMessage } from "@privet/grpc-wire";

/** A batch fills one DATA frame of the smallest size that all peers take (RFC 9113 §4.2). */
export const batchOctets = 16_384;

/**
 * Messages of a stream that leave together, laid side by side as they come. One
 * that no batch has room for isn't copied, but for what fills its first frame.
 */
export class MessageBatch {
  readonly #send: (bytes: Uint8Array) => void;
  #block: Uint8Array = nothing;
  #filled = 0;
  /** Octets of the last batch, which the next one is likely to have too. */
  #usual = 0;

  /** @param send takes the octets of a batch, which are its own from then on */
  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  /** Nothing waits for `flush()`. */
  get empty(): boolean {
    return this.#filled === 0;
  }

  /** Sends what the batch has, where there is no room in it for one more. */
  add(message: Uint8Array, flags: number): void {
    const size = prefixLength + message.length;
    if (this.#filled + size > batchOctets) this.flush();
    if (size > batchOctets) {
      for (const part of splitMessage(message, flags, batchOctets)) this.#send(part);
      return;
    }
    this.#reserve(size);
    this.#filled = writeMessage(this.#block, this.#filled, message, flags);
  }

  flush(): void {
    const filled = this.#filled;
    if (filled === 0) return;
    const block = this.#block;
    this.#block = nothing;
    this.#filled = 0;
    this.#usual = filled;
    this.#send(filled === block.length ? block : block.subarray(0, filled));
  }

  #reserve(size: number): void {
    const needed = this.#filled + size;
    if (needed <= this.#block.length) return;
    const wanted = Math.max(needed, this.#filled === 0 ? this.#usual : 4 * this.#filled);
    const block = new Uint8Array(Math.min(wanted, batchOctets));
    block.set(this.#block.subarray(0, this.#filled));
    this.#block = block;
  }
}

const nothing = new Uint8Array(0);
