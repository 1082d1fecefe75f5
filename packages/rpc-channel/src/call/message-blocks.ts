import { markAsUntransferable } from "node:worker_threads";

/** Octets of the largest block, and of the largest message that shares one. */
const blockOctets = 8192;
const mostOfBlock = 1024;

/** How many more messages like those that wait a block has room for. */
const ahead = 4;

/**
 * Copies of messages, side by side in a few blocks: a view of a block costs a
 * third of a small array with octets of its own, which takes memory outside of
 * the heap as soon as it is read.
 */
export class MessageBlocks {
  #block: Uint8Array<ArrayBuffer> = nothing;
  #used = 0;

  /**
   * @param bytes of a message, borrowed
   * @param waiting octets that wait to be read, these among them: where they are few, so is what is set aside
   */
  copy(bytes: Uint8Array, waiting: number): Uint8Array {
    const { length } = bytes;
    if (length > mostOfBlock) return new Uint8Array(bytes);
    if (this.#used + length > this.#block.length) this.#renew(length, ahead * waiting);
    const copy = new Uint8Array(this.#block.buffer, this.#used, length);
    this.#used += length;
    copy.set(bytes);
    return copy;
  }

  #renew(least: number, wanted: number): void {
    this.#block = new Uint8Array(Math.max(least, Math.min(wanted, blockOctets)));
    // Whoever transferred one message to another thread would take all others with it.
    markAsUntransferable(this.#block.buffer);
    this.#used = 0;
  }
}

const nothing = new Uint8Array(0);
