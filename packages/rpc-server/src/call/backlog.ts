import { messageEnd, prefixLength } from "@privet/grpc-wire";
import { copyOf } from "../router/octets.ts";

/** Octets of a block that is made while others wait already. */
const blockOctets = 8192;

/** Octets that wait to be read. Small chunks share a block: each of its own would cost a hundred times its size. */
export class Backlog {
  /** Octets that wait. */
  size = 0;
  /** Of the message that was read last by `readMessage()`. */
  flags = 0;
  readonly #copy: typeof copyOf;
  #blocks: Uint8Array[] = [];
  /** How much of the first block is read. */
  #at = 0;
  /** How much of the last block is written. */
  #filled = 0;

  /** @param copy makes the first block */
  constructor(copy: typeof copyOf = copyOf) {
    this.#copy = copy;
  }

  /** Copies `bytes[start, end)`, which is borrowed. */
  push(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.size += size;
    const last = this.#blocks.at(-1);
    if (last === undefined) {
      this.#blocks.push(this.#copy(bytes, start, end));
      this.#filled = size;
      return;
    }
    const fitting = Math.min(size, last.length - this.#filled);
    if (fitting > 0) last.set(bytes.subarray(start, start + fitting), this.#filled);
    this.#filled += fitting;
    if (fitting === size) return;
    const block = new Uint8Array(Math.max(blockOctets, size - fitting));
    block.set(bytes.subarray(start + fitting, end));
    this.#blocks.push(block);
    this.#filled = size - fitting;
  }

  /**
   * Reads up to `octets` of the first block; they belong to the reader.
   *
   * @returns how many were read; 0 where nothing is left
   */
  read(octets: number, reader: (bytes: Uint8Array, start: number, end: number) => void): number {
    const block = this.#blocks[0];
    if (block === undefined) return 0;
    const filled = this.#blocks.length === 1 ? this.#filled : block.length;
    const start = this.#at;
    const end = Math.min(filled, start + octets);
    this.#at = end;
    this.size -= end - start;
    if (end === filled) this.#shift();
    reader(block, start, end);
    return end - start;
  }

  /**
   * The message that comes next, where it lies whole in the first block; its
   * prefix is read with it. It belongs to the reader.
   *
   * @param maxOctets of the message; a larger one is left where it is
   */
  readMessage(maxOctets: number): Uint8Array | undefined {
    const block = this.#blocks[0];
    if (block === undefined) return undefined;
    const filled = this.#blocks.length === 1 ? this.#filled : block.length;
    const start = this.#at + prefixLength;
    const end = messageEnd(block, this.#at, filled);
    if (end === undefined || end > filled || end - start > maxOctets) return undefined;
    this.flags = block[this.#at] as number;
    this.size -= end - this.#at;
    this.#at = end;
    if (end === filled) this.#shift();
    return block.subarray(start, end);
  }

  clear(): void {
    this.#blocks = [];
    this.size = 0;
    this.#at = 0;
    this.#filled = 0;
  }

  #shift(): void {
    this.#blocks.shift();
    this.#at = 0;
    if (this.#blocks.length === 0) this.#filled = 0;
  }
}
