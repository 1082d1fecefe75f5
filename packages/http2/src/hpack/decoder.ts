import { latin1 } from "../bytes/latin1.ts";
import { compressionError } from "./compression-error.ts";
import { DynamicTable } from "./dynamic-table.ts";
import { Field } from "./field.ts";
import type { FieldSink } from "./field.ts";
import { decode as decodeHuffman, maxDecodedLength } from "./huffman.ts";
import { readInteger } from "./integer.ts";
import type { Cursor } from "./integer.ts";
import { cachedName, cacheName } from "./name-cache.ts";
import type { Named } from "./name-cache.ts";
import { STATIC_ENTRIES, staticFields } from "./static-table.ts";

/** RFC 7541 §4.2: the smallest size since the last block, and the final one. */
const MAX_SIZE_UPDATES = 2;

const NOTHING = new Uint8Array(0);

/** Where Huffman strings are unpacked; decoding is synchronous, so one is enough for all decoders. */
let scratch = new Uint8Array(4096);

/**
 * The receiving end of HPACK, RFC 7541: one for each connection. It decodes
 * complete blocks only, and after an error it can't be used any more: the
 * tables of both ends differ.
 */
export class Decoder {
  readonly #table: DynamicTable;
  readonly #maxStringLength: number;
  readonly #cursor: Cursor = { bytes: NOTHING, position: 0, end: 0 };
  /** The string whose beginning was read last: its octets, and whether Huffman's code packs them. */
  #length = 0;
  #packed = false;
  /** What SETTINGS_HEADER_TABLE_SIZE allows, once acknowledged. */
  #limit: number;
  /** The next block must begin with an update to this size or below; Infinity when it need not. */
  #updateDue = Infinity;

  /**
   * @param maxTableSize octets of the dynamic table, before any setting of ours is acknowledged: 4,096
   * @param maxStringLength octets of a name or a value, decoded
   */
  constructor(maxTableSize: number, maxStringLength: number) {
    this.#table = new DynamicTable(maxTableSize);
    this.#limit = maxTableSize;
    this.#maxStringLength = maxStringLength;
  }

  /** Changes with the tables: the same octets in the same generation are the same fields. */
  get generation(): number {
    return this.#table.generation;
  }

  /** May the next block be any block, or must it begin with a size update that is due? */
  get updateDue(): boolean {
    return this.#updateDue !== Infinity;
  }

  /**
   * Our SETTINGS_HEADER_TABLE_SIZE `size` has been acknowledged. Where the peer
   * uses more than that, its next block must begin with a size update (RFC 7541 §4.2).
   */
  setMaxTableSize(size: number): void {
    this.#limit = size;
    if (size < this.#table.maxSize) this.#updateDue = Math.min(this.#updateDue, size);
  }

  /**
   * Decodes the block `block[start, end)`, which is complete, handing each field to `sink`.
   *
   * @throws ConnectionError COMPRESSION_ERROR where the block is not valid, and what `sink` throws
   */
  decode(block: Uint8Array, start: number, end: number, sink: FieldSink): void {
    const cursor = this.#cursor;
    cursor.bytes = block;
    cursor.position = start;
    cursor.end = end;
    this.#readSizeUpdates(cursor);
    while (cursor.position < end) {
      const first = block[cursor.position++] as number;
      if (first >= 0x80) {
        // Indexed, RFC 7541 §6.1.
        sink.field(this.#lookUp(readInteger(cursor, first, 0x7f)));
      } else if (first >= 0x40) {
        // With incremental indexing, §6.2.1.
        const field = this.#readLiteral(cursor, readInteger(cursor, first, 0x3f), false);
        this.#table.insert(field);
        sink.field(field);
      } else if (first >= 0x20) {
        throw compressionError("table_size_update_late");
      } else {
        // Without indexing, §6.2.2, or never indexed, §6.2.3.
        sink.field(this.#readLiteral(cursor, readInteger(cursor, first, 0x0f), first >= 0x10));
      }
    }
    // The block is borrowed: don't keep it alive.
    cursor.bytes = NOTHING;
  }

  /** RFC 7541 §6.3: at the beginning of a block only. */
  #readSizeUpdates(cursor: Cursor): void {
    for (let updates = 0; cursor.position < cursor.end; updates++) {
      const first = cursor.bytes[cursor.position] as number;
      if (first < 0x20 || first >= 0x40) break;
      if (updates === MAX_SIZE_UPDATES) throw compressionError("too_many_table_size_updates");
      cursor.position++;
      const size = readInteger(cursor, first, 0x1f);
      if (size > this.#limit) throw compressionError("table_size_update_too_large");
      if (size <= this.#updateDue) this.#updateDue = Infinity;
      this.#table.resize(size);
    }
    if (this.#updateDue !== Infinity) throw compressionError("table_size_update_missing");
  }

  #lookUp(index: number): Field {
    const field =
      index <= STATIC_ENTRIES ? staticFields[index] : this.#table.at(index - STATIC_ENTRIES - 1);
    if (field === undefined) throw compressionError(index === 0 ? "index_zero" : "index_too_large");
    return field;
  }

  #readLiteral(cursor: Cursor, nameIndex: number, sensitive: boolean): Field {
    const named = nameIndex === 0 ? this.#readName(cursor) : this.#lookUp(nameIndex);
    this.#readLength(cursor);
    return new Field(named.name, this.#takeString(cursor), named.kind, sensitive);
  }

  #readName(cursor: Cursor): Named {
    this.#readLength(cursor);
    const { bytes, position: start } = cursor;
    const end = start + this.#length;
    const known = cachedName(bytes, start, end, this.#packed);
    if (known !== undefined && known.name.length <= this.#maxStringLength) {
      cursor.position = end;
      return known;
    }
    const name = this.#takeString(cursor);
    return cacheName(bytes, start, end, this.#packed, name);
  }

  /** The beginning of a string, RFC 7541 §5.2: all of it must be there. */
  #readLength(cursor: Cursor): void {
    if (cursor.position >= cursor.end) throw compressionError("block_truncated");
    const first = cursor.bytes[cursor.position++] as number;
    this.#packed = first >= 0x80;
    this.#length = readInteger(cursor, first, 0x7f);
    if (this.#length > cursor.end - cursor.position) throw compressionError("block_truncated");
  }

  /** The octets of a string whose length was read. */
  #takeString(cursor: Cursor): string {
    const start = cursor.position;
    const end = start + this.#length;
    cursor.position = end;
    if (this.#packed) return this.#unpack(cursor.bytes, start, end);
    if (end - start > this.#maxStringLength) throw compressionError("string_too_long");
    return latin1(cursor.bytes, start, end);
  }

  #unpack(bytes: Uint8Array, start: number, end: number): string {
    const room = maxDecodedLength(end - start);
    if (room > scratch.length) scratch = new Uint8Array(room);
    const length = decodeHuffman(bytes, start, end, scratch);
    if (length > this.#maxStringLength) throw compressionError("string_too_long");
    return latin1(scratch, 0, length);
  }
}
