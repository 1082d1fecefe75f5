// Any octets are fields, or a ConnectionError: the same that the naive decoder gives, and never more fields than octets.
// Any list that the encoder encodes is that list to every decoder, in any state of the tables.

import { ConnectionError } from "@privet/http2";
import { Decoder } from "@privet/http2/internal/hpack/decoder";
import { Encoder } from "@privet/http2/internal/hpack/encoder";
import type { FieldSink } from "@privet/http2/internal/hpack/field";
import { staticFields } from "@privet/http2/internal/hpack/static-table";
import { HeaderReceiver } from "@privet/http2/internal/semantics/header-receiver";
import { NaiveDecoder } from "@privet/naive-hpack/decoder";
import type { NaiveField } from "@privet/naive-hpack/decoder";
import { deepStrictEqual } from "node:assert/strict";
import type { Random } from "@privet/testkit";
import { BlockSource, randomList, randomValues } from "./blocks.ts";

const MAX_STRING = 1000;
/** Of the blocks that one pair of tables sees. */
const MAX_BLOCKS = 40;

/** So many fields, of whatever size: limits are not what is tested here. */
const unlimited = {
  maxHeaderListSize: Infinity,
  maxHeaderFields: Infinity,
  headerAbuseFactor: 1,
};

const statics = staticFields
  .filter((field) => field !== undefined)
  .map(({ name, value }) => [name, value] as const);

/** What can be fuzzed in the place of our decoder. */
export interface DecoderUnderTest {
  decode(block: Uint8Array, start: number, end: number, sink: FieldSink): void;
  setMaxTableSize(size: number): void;
}

export type MakeDecoder = (tableSize: number, maxStringLength: number) => DecoderUnderTest;

const makeOurs: MakeDecoder = (tableSize, maxStringLength) =>
  new Decoder(tableSize, maxStringLength);

/** What was done, to be told. */
export interface Counts {
  /** Blocks that were decoded. */
  decoded: number;
  /** Blocks that were refused. */
  refused: number;
  /** Lists that were encoded, and came back. */
  encoded: number;
}

/** What came of a block: its fields, or why it is none. */
type Outcome = { readonly fields: readonly NaiveField[] } | { readonly error: string };

/** One connection's worth of blocks. @throws AssertionError where the invariant doesn't hold */
export function fuzzConnection(
  random: Random,
  counts: Counts,
  makeDecoder: MakeDecoder = makeOurs,
): void {
  const tableSize = random.pick([0, 64, 200, 4096]);
  const ours = makeDecoder(tableSize, MAX_STRING);
  const naive = new NaiveDecoder(statics, tableSize, MAX_STRING);
  const remembering = new Decoder(tableSize, MAX_STRING);
  const receiver = new HeaderReceiver(remembering, unlimited);
  const source = new BlockSource(random);
  for (let i = 0; i < MAX_BLOCKS; i++) {
    if (random.chance(0.03)) {
      const size = random.pick([0, 50, 100, 4096, 5000]);
      for (const decoder of [ours, naive, remembering]) decoder.setMaxTableSize(size);
    }
    const block = source.next(naive);
    const expected = naively(naive, block);
    deepStrictEqual(decode(ours, block), expected, hexOf(block));
    deepStrictEqual(receive(receiver, block), tidied(expected), hexOf(block));
    if ("error" in expected) {
      counts.refused++;
      return;
    }
    counts.decoded++;
  }
}

/** Lists that go through both ends. @throws AssertionError where one comes back as another */
export function fuzzRoundTrip(random: Random, counts: Counts): void {
  const encoder = new Encoder(random.pick([0, 64, 300, 4096, 10_000]));
  const decoder = new Decoder(4096, 10_000);
  const values = randomValues(random);
  const lists = Array.from({ length: 4 }, () => randomList(random, values));
  for (let i = 0; i < MAX_BLOCKS; i++) {
    if (random.chance(0.1)) {
      const size = random.below(5000);
      encoder.setMaxTableSize(size);
      decoder.setMaxTableSize(size);
    }
    const list = random.chance(0.7) ? random.pick(lists) : randomList(random, values);
    const block = encoder.encode(list).slice();
    const fields = decode(decoder, block);
    deepStrictEqual(
      "error" in fields ? fields : fields.fields.flatMap(({ name, value }) => [name, value]),
      list,
      hexOf(block),
    );
    counts.encoded++;
  }
}

function decode(decoder: DecoderUnderTest, block: Uint8Array): Outcome {
  const fields: NaiveField[] = [];
  const sink = {
    field({ name, value, sensitive }: NaiveField): void {
      fields.push({ name, value, sensitive });
      if (fields.length > block.length) throw new Error("more fields than octets");
    },
  };
  return outcomeOf(() => {
    decoder.decode(block, 0, block.length, sink);
    return fields;
  });
}

/** Only a `ConnectionError` is an outcome: whatever else is thrown is a finding. */
function outcomeOf(run: () => readonly NaiveField[]): Outcome {
  try {
    return { fields: run() };
  } catch (error) {
    if (error instanceof ConnectionError) return { error: error.token };
    throw error;
  }
}

function naively(decoder: NaiveDecoder, block: Uint8Array): Outcome {
  try {
    return { fields: decoder.decode(block) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** A list as the semantics hand it on, RFC 9113 §8.2.3 and §8.3.1: crumbs joined, `host` dropped. */
function tidied(outcome: Outcome): readonly string[] | string {
  if ("error" in outcome) return outcome.error;
  const kept = outcome.fields.filter(({ name }) => name !== "host");
  const crumbs = kept.filter(({ name }) => name === "cookie").map(({ value }) => value);
  const first = kept.findIndex(({ name }) => name === "cookie");
  return kept
    .filter(({ name }, i) => name !== "cookie" || i === first)
    .flatMap(({ name, value }) => [name, name === "cookie" ? crumbs.join("; ") : value]);
}

function receive(receiver: HeaderReceiver, block: Uint8Array): readonly string[] | string {
  try {
    return receiver.receive(block, 0, block.length).snapshot();
  } catch (error) {
    if (error instanceof ConnectionError) return error.token;
    throw error;
  }
}

function hexOf(block: Uint8Array): string {
  return `block ${Buffer.from(block).toString("hex")}`;
}
