import { prefixLength, writeMessage, writePrefix } from "@privet/grpc-wire";
import { passingOctets } from "../router/octets.ts";

/** A batch fills one DATA frame of the smallest size that all peers take (RFC 9113 §4.2). */
export const batchOctets = 16_384;

/**
 * Messages of a stream that leave together, laid side by side as they come. One
 * that no batch has room for is sent as it is, behind a batch with its prefix.
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

  /** Nothing waits to be flushed. */
  get empty(): boolean {
    return this.#filled === 0;
  }

  /**
   * Sends what the batch has, where there is no room in it for one more.
   *
   * @param message isn't to be changed any more: a large one is sent, not copied
   */
  add(message: Uint8Array, flags: number): void {
    const size = prefixLength + message.length;
    if (size > batchOctets) {
      this.#addLarge(message, flags);
      return;
    }
    if (this.#filled + size > batchOctets) this.flush();
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

  #addLarge(message: Uint8Array, flags: number): void {
    if (this.#filled + prefixLength > batchOctets) this.flush();
    this.#reserve(prefixLength);
    writePrefix(this.#block, this.#filled, message.length, flags);
    this.#filled += prefixLength;
    this.flush();
    this.#send(message);
  }

  #reserve(size: number): void {
    const needed = this.#filled + size;
    if (needed <= this.#block.length) return;
    const wanted = Math.max(needed, this.#filled === 0 ? this.#usual : 4 * this.#filled);
    const block = passingOctets(Math.min(wanted, batchOctets));
    block.set(this.#block.subarray(0, this.#filled));
    this.#block = block;
  }
}

const nothing = new Uint8Array(0);
