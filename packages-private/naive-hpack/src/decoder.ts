import { naiveDecode } from "./huffman.ts";

/** One field, and whether it came as a literal that is never indexed. */
export interface NaiveField {
  readonly name: string;
  readonly value: string;
  readonly sensitive: boolean;
}

/** The static table's rows, from index 1 on. */
type Rows = readonly (readonly [name: string, value: string])[];

const MAX_INTEGER = 2n ** 31n - 1n;

/**
 * HPACK as RFC 7541 tells it, without a thought for speed: numbers without
 * bounds, strings of bits, arrays that are shifted. Every error is an `Error`
 * whose message is the token that the real one gives.
 */
export class NaiveDecoder {
  readonly #statics: Rows;
  readonly #maxStringLength: number;
  #table: NaiveField[] = [];
  #maxSize: number;
  #limit: number;
  #due: number | undefined = undefined;
  #block: number[] = [];

  constructor(statics: Rows, maxTableSize: number, maxStringLength: number) {
    this.#statics = statics;
    this.#maxSize = maxTableSize;
    this.#limit = maxTableSize;
    this.#maxStringLength = maxStringLength;
  }

  /** Entries of the dynamic table. */
  get entries(): number {
    return this.#table.length;
  }

  /** The size that the next block must begin with an update to, or below. */
  get updateDue(): number | undefined {
    return this.#due;
  }

  /** The largest size that an update may ask for. */
  get limit(): number {
    return this.#limit;
  }

  setMaxTableSize(size: number): void {
    this.#limit = size;
    if (size < this.#maxSize) this.#due = Math.min(size, this.#due ?? size);
  }

  decode(block: Uint8Array): NaiveField[] {
    this.#block = [...block];
    const fields: NaiveField[] = [];
    let updates = 0;
    while (this.#block.length > 0) {
      const bits = (this.#block[0] as number).toString(2).padStart(8, "0");
      if (bits.startsWith("001")) {
        if (fields.length > 0) throw new Error("table_size_update_late");
        if (++updates > 2) throw new Error("too_many_table_size_updates");
        this.#updateSize(this.#integer(5));
        continue;
      }
      this.#demandUpdate();
      fields.push(this.#field(bits));
    }
    this.#demandUpdate();
    return fields;
  }

  #demandUpdate(): void {
    if (this.#due !== undefined) throw new Error("table_size_update_missing");
  }

  #updateSize(size: number): void {
    if (size > this.#limit) throw new Error("table_size_update_too_large");
    if (this.#due !== undefined && size <= this.#due) this.#due = undefined;
    this.#maxSize = size;
    this.#evict();
  }

  #field(bits: string): NaiveField {
    if (bits.startsWith("1")) return { ...this.#at(this.#integer(7)), sensitive: false };
    if (bits.startsWith("01")) {
      const field = this.#literal(this.#integer(6), false);
      this.#table.unshift(field);
      this.#evict();
      return field;
    }
    return this.#literal(this.#integer(4), bits.startsWith("0001"));
  }

  #literal(nameIndex: number, sensitive: boolean): NaiveField {
    const name = nameIndex === 0 ? this.#string() : this.#at(nameIndex).name;
    return { name, value: this.#string(), sensitive };
  }

  #at(index: number): NaiveField {
    if (index === 0) throw new Error("index_zero");
    const row = this.#statics[index - 1];
    if (row !== undefined) return { name: row[0], value: row[1], sensitive: false };
    const field = this.#table[index - 1 - this.#statics.length];
    if (field === undefined) throw new Error("index_too_large");
    return field;
  }

  #evict(): void {
    while (sizeOf(this.#table) > this.#maxSize) this.#table.pop();
  }

  #octet(): number {
    const octet = this.#block.shift();
    if (octet === undefined) throw new Error("block_truncated");
    return octet;
  }

  #integer(prefix: number): number {
    const mask = 2 ** prefix - 1;
    const first = this.#octet() % (mask + 1);
    if (first < mask) return first;
    let value = BigInt(mask);
    for (let i = 0n; i < 5n; i++) {
      const octet = this.#octet();
      value += BigInt(octet % 128) * 128n ** i;
      if (octet < 128) {
        if (value > MAX_INTEGER) throw new Error("integer_too_large");
        return Number(value);
      }
    }
    throw new Error("integer_too_long");
  }

  #string(): string {
    const packed = (this.#block[0] ?? 0) >= 128;
    const length = this.#integer(7);
    if (length > this.#block.length) throw new Error("block_truncated");
    const octets = this.#block.splice(0, length);
    const unpacked = packed ? naiveDecode(octets) : octets;
    if (unpacked.length > this.#maxStringLength) throw new Error("string_too_long");
    return unpacked.map((octet) => String.fromCharCode(octet)).join("");
  }
}

function sizeOf(fields: readonly NaiveField[]): number {
  return fields.reduce((sum, { name, value }) => sum + name.length + value.length + 32, 0);
}
