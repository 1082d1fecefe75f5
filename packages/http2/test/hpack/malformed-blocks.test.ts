import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ErrorCode } from "../../src/constants.ts";
import { Decoder } from "../../src/hpack/decoder.ts";
import { STATIC_ENTRIES, staticFields } from "../../src/hpack/static-table.ts";
import { decodeFields, octets } from "./fields.ts";
import { NaiveDecoder } from "@privet/naive-hpack/decoder";

/** A block that must be refused. */
interface Vector {
  /** What is wrong with it, after "refused: ". */
  readonly name: string;
  readonly hex: string;
  readonly token: string;
  /** Blocks before it, that are fine. */
  readonly before?: readonly string[];
  /** Our acknowledged settings, before the block. */
  readonly settings?: readonly number[];
  /** Of the table at first. Default 4,096. */
  readonly tableSize?: number;
}

const MAX_STRING = 64;
/** `a: b` with incremental indexing: 34 octets of the table. */
const AB = "40 01 61 01 62";
/** Two entries, `a: b` and `c: d`. */
const TWO = `${AB} 40 01 63 01 64`;

const indices: Vector[] = [
  { name: "index 0", hex: "80", token: "index_zero" },
  { name: "index 0 after a good field", hex: "82 80", token: "index_zero" },
  { name: "index 62 with an empty table", hex: "be", token: "index_too_large" },
  { name: "index 63 with one entry", hex: "bf", before: [AB], token: "index_too_large" },
  { name: "index 64 with two entries", hex: "c0", before: [TWO], token: "index_too_large" },
  { name: "an index of two octets", hex: "ff 00", token: "index_too_large" },
  { name: "an index of a million", hex: "ff c1 84 3d", token: "index_too_large" },
  { name: "the largest index", hex: "ff 80 ff ff ff 07", token: "index_too_large" },
  {
    name: "a name of index 62 with an empty table, to be indexed",
    hex: "7e 00",
    token: "index_too_large",
  },
  {
    name: "a name of index 62 with an empty table, without indexing",
    hex: "0f 2f 00",
    token: "index_too_large",
  },
  {
    name: "a name of index 62 with an empty table, never indexed",
    hex: "1f 2f 00",
    token: "index_too_large",
  },
  {
    name: "a name of index 63 with one entry",
    hex: "7f 00 00",
    before: [AB],
    token: "index_too_large",
  },
  {
    name: "an entry that a size update evicted",
    hex: "20 be",
    before: [AB],
    token: "index_too_large",
  },
  {
    name: "an entry that a larger one evicted",
    hex: "bf",
    tableSize: 68,
    before: [AB, `40 01 63 04 64646464`],
    token: "index_too_large",
  },
  {
    name: "an entry after one that was too large for the table",
    hex: "be",
    tableSize: 40,
    before: [AB, "40 01 63 10 64646464646464646464646464646464"],
    token: "index_too_large",
  },
  {
    name: "a literal without indexing, referred to",
    hex: "00 01 61 01 62 be",
    token: "index_too_large",
  },
  {
    name: "a literal never indexed, referred to",
    hex: "10 01 61 01 62 be",
    token: "index_too_large",
  },
];

const integers: Vector[] = [
  { name: "an index that doesn't end", hex: "ff", token: "block_truncated" },
  {
    name: "an index that doesn't end after more octets",
    hex: "ff ff ff",
    token: "block_truncated",
  },
  { name: "an index of 2^31", hex: "ff 81 ff ff ff 07", token: "integer_too_large" },
  {
    name: "an index of 2^32 + 2, which is 2 in 32 bits",
    hex: "ff 83 ff ff ff 0f",
    token: "integer_too_large",
  },
  { name: "an index of 35 bits", hex: "ff ff ff ff ff 7f", token: "integer_too_large" },
  { name: "an index of six more octets", hex: "ff ff ff ff ff ff 01", token: "integer_too_long" },
  {
    name: "an index padded with zeros to six more octets",
    hex: "ff 80 80 80 80 80 00",
    token: "integer_too_long",
  },
  { name: "an index padded without end", hex: `ff ${"80".repeat(100)}`, token: "integer_too_long" },
  { name: "a name's index that doesn't end", hex: "7f", token: "block_truncated" },
  {
    name: "a name's index of six more octets",
    hex: "0f ff ff ff ff ff ff 01 00",
    token: "integer_too_long",
  },
  {
    name: "a name's index of 2^31 or more",
    hex: "1f ff ff ff ff 7f 00",
    token: "integer_too_large",
  },
  { name: "a length that doesn't end", hex: "00 7f", token: "block_truncated" },
  {
    name: "a length of six more octets",
    hex: "00 7f 80 80 80 80 80 00",
    token: "integer_too_long",
  },
  { name: "a length of 2^31 or more", hex: "00 7f ff ff ff ff 7f 61", token: "integer_too_large" },
  {
    name: "a length of Huffman octets of 2^31 or more",
    hex: "00 ff ff ff ff ff 7f 61",
    token: "integer_too_large",
  },
  { name: "a size update that doesn't end", hex: "3f", token: "block_truncated" },
  {
    name: "a size update of six more octets",
    hex: "3f 80 80 80 80 80 00",
    token: "integer_too_long",
  },
  { name: "a size update of 2^31 or more", hex: "3f ff ff ff ff 7f", token: "integer_too_large" },
];

const strings: Vector[] = [
  { name: "a literal without a name", hex: "40", token: "block_truncated" },
  { name: "a literal without a name, without indexing", hex: "00", token: "block_truncated" },
  { name: "a literal without a name, never indexed", hex: "10", token: "block_truncated" },
  { name: "a name without octets", hex: "40 01", token: "block_truncated" },
  { name: "a name one octet short", hex: "40 03 61 62", token: "block_truncated" },
  { name: "a field without a value", hex: "40 01 61", token: "block_truncated" },
  { name: "a field with an indexed name without a value", hex: "41", token: "block_truncated" },
  { name: "a value one octet short", hex: "40 01 61 03 62 63", token: "block_truncated" },
  {
    name: "a value longer than the block by a lot",
    hex: "40 01 61 7f ff ff 03 62",
    token: "block_truncated",
  },
  { name: "a Huffman name without octets", hex: "40 81", token: "block_truncated" },
  { name: "a Huffman value one octet short", hex: "40 01 61 82 1f", token: "block_truncated" },
  {
    name: "a name longer than the limit",
    hex: `40 41 ${"61".repeat(65)} 00`,
    token: "string_too_long",
  },
  {
    name: "a value longer than the limit",
    hex: `00 01 61 41 ${"62".repeat(65)}`,
    token: "string_too_long",
  },
  {
    name: "a Huffman value that unpacks to more than the limit",
    // 65 zeros: 325 bits, and 3 of padding.
    hex: `00 01 61 a9 ${"00".repeat(40)} 07`,
    token: "string_too_long",
  },
];

const huffman: Vector[] = [
  { name: "Huffman padding of zeros", hex: "00 81 18 00", token: "huffman_padding" },
  { name: "Huffman padding of one zero", hex: "00 81 1e 00", token: "huffman_padding" },
  { name: "Huffman padding of zeros and ones", hex: "00 81 1b 00", token: "huffman_padding" },
  {
    name: "Huffman padding of 8 ones, and nothing else",
    hex: "00 81 ff 00",
    token: "huffman_padding",
  },
  { name: "Huffman padding of 11 bits", hex: "00 82 1f ff 00", token: "huffman_padding" },
  { name: "Huffman padding of 24 bits", hex: "00 83 ff ff ff 00", token: "huffman_padding" },
  {
    name: "Huffman padding of two zeros after a code of 30 bits",
    hex: "00 84 ff ff ff f8 00",
    token: "huffman_padding",
  },
  { name: "Huffman's EOS alone", hex: "00 84 ff ff ff ff 00", token: "huffman_eos" },
  { name: "Huffman's EOS in a value", hex: "00 01 61 85 1f ff ff ff ff", token: "huffman_eos" },
  { name: "Huffman's EOS and more after it", hex: "00 85 ff ff ff fc 1f 00", token: "huffman_eos" },
  { name: "a code of Huffman that is cut off", hex: "00 81 fe 00", token: "huffman_padding" },
];

const sizeUpdates: Vector[] = [
  { name: "a size update after a field", hex: "82 20", token: "table_size_update_late" },
  { name: "a size update between fields", hex: "82 3f e1 1f 82", token: "table_size_update_late" },
  {
    name: "a size update after a literal",
    hex: "00 01 61 01 62 20",
    token: "table_size_update_late",
  },
  { name: "a third size update", hex: "20 3f e1 1f 20", token: "too_many_table_size_updates" },
  {
    name: "size updates without end",
    hex: "20 3f e1 1f".repeat(100),
    token: "too_many_table_size_updates",
  },
  {
    name: "a size update above the setting by 1",
    hex: "3f e2 1f",
    token: "table_size_update_too_large",
  },
  { name: "a size update of 4 MiB", hex: "3f e1 ff ff 01", token: "table_size_update_too_large" },
  {
    name: "a second size update above the setting",
    hex: "20 3f e2 1f",
    token: "table_size_update_too_large",
  },
  {
    name: "a size update above a setting of 0",
    hex: "21",
    settings: [0],
    token: "table_size_update_too_large",
  },
  {
    name: "a size update to the old setting after it was lowered",
    hex: "3f e1 1f",
    settings: [100],
    token: "table_size_update_too_large",
  },
  {
    name: "no size update after the setting was lowered",
    hex: "82",
    settings: [100],
    token: "table_size_update_missing",
  },
  {
    name: "an empty block after the setting was lowered",
    hex: "",
    settings: [100],
    token: "table_size_update_missing",
  },
  {
    name: "no size update after the setting was lowered and raised again",
    hex: "82",
    settings: [100, 4096],
    token: "table_size_update_missing",
  },
  {
    name: "a size update above the lowest setting only, after it was lowered and raised again",
    hex: "3f e1 1f 82",
    settings: [100, 4096],
    token: "table_size_update_missing",
  },
];

const vectors = { indices, integers, strings, huffman, sizeUpdates };

for (const [topic, list] of Object.entries(vectors)) {
  suite(`malformed blocks: ${topic}`, () => {
    for (const vector of list) {
      test(`refused: ${vector.name}`, () => {
        const { hex, token, before = [], settings = [], tableSize = 4096 } = vector;
        const decoder = new Decoder(tableSize, MAX_STRING);
        const naive = new NaiveDecoder(statics, tableSize, MAX_STRING);
        for (const block of before) {
          decodeFields(decoder, octets(block));
          naive.decode(octets(block));
        }
        for (const size of settings) {
          decoder.setMaxTableSize(size);
          naive.setMaxTableSize(size);
        }
        assert.throws(() => decodeFields(decoder, octets(hex)), {
          name: "ConnectionError",
          code: ErrorCode.COMPRESSION_ERROR,
          token,
        });
        assert.throws(() => naive.decode(octets(hex)), { message: token });
      });
    }
  });
}

const statics = staticFields
  .slice(1)
  .map((field) => [field?.name ?? "", field?.value ?? ""] as const);

test("there are at least 60 of them, all different", () => {
  const all = Object.values(vectors).flat();
  assert.ok(all.length >= 60, `${all.length}`);
  assert.equal(
    new Set(all.map(({ hex, before, settings }) => JSON.stringify([hex, before, settings]))).size,
    all.length,
  );
  assert.equal(statics.length, STATIC_ENTRIES);
});
