import { writeLatin1 } from "../bytes/latin1.ts";
import { encode as encodeHuffman, encodedLength } from "./huffman.ts";
import { MAX_INTEGER_OCTETS, writeInteger } from "./integer.ts";

const INITIAL_SIZE = 4096;
/** A buffer that one large block has made larger than this is not kept. */
const MAX_KEPT_SIZE = 65_536;

/** How a literal is marked, RFC 7541 §6.2: the pattern of its first octet. */
export const Literal = {
  /** With incremental indexing, §6.2.1. */
  INDEXED: 0x40,
  /** Without indexing, §6.2.2. */
  PLAIN: 0x00,
  /** Never indexed, by no one who hands it on either, §6.2.3. */
  NEVER: 0x10,
} as const;
export type Literal = (typeof Literal)[keyof typeof Literal];
Object.freeze(Literal);

/** Lays the representations of RFC 7541 §6 side by side, in a buffer that grows. */
export class BlockWriter {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_SIZE);
  length = 0;
  /** Where the value of the last literal begins: the octets before it are its mark and its name. */
  value = 0;

  /** Begins another block: what was written before is gone. */
  reset(): void {
    this.length = 0;
    if (this.bytes.length > MAX_KEPT_SIZE) this.bytes = new Uint8Array(INITIAL_SIZE);
  }

  /** §6.1. */
  indexed(index: number): void {
    this.#room(MAX_INTEGER_OCTETS);
    this.length = writeInteger(this.bytes, this.length, index, 0x7f, 0x80);
  }

  /** §6.2, with the name as text where `nameIndex` is 0. */
  literal(mark: Literal, nameIndex: number, name: string, value: string): void {
    this.#room(MAX_INTEGER_OCTETS);
    const mask = mark === Literal.INDEXED ? 0x3f : 0x0f;
    this.length = writeInteger(this.bytes, this.length, nameIndex, mask, mark);
    if (nameIndex === 0) this.string(name);
    this.value = this.length;
    this.string(value);
  }

  /** §6.3. */
  sizeUpdate(size: number): void {
    this.#room(MAX_INTEGER_OCTETS);
    this.length = writeInteger(this.bytes, this.length, size, 0x1f, 0x20);
  }

  /** §5.2: with Huffman's code where that is shorter. */
  string(text: string): void {
    const packed = encodedLength(text);
    this.#room(MAX_INTEGER_OCTETS + text.length);
    if (packed < text.length) {
      const offset = writeInteger(this.bytes, this.length, packed, 0x7f, 0x80);
      this.length = encodeHuffman(text, this.bytes, offset);
    } else {
      const offset = writeInteger(this.bytes, this.length, text.length, 0x7f, 0);
      writeLatin1(text, this.bytes, offset);
      this.length = offset + text.length;
    }
  }

  /** What is encoded already, `bytes[start, end)`. */
  copy(bytes: Uint8Array, start: number, end: number): void {
    this.#room(end - start);
    const target = this.bytes;
    let at = this.length;
    // Mostly an octet or two for each field: not worth a view for `set()`.
    for (let i = start; i < end; i++) target[at++] = bytes[i] as number;
    this.length = at;
  }

  #room(octets: number): void {
    const needed = this.length + octets;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
