import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ErrorCode, Flag, FrameType, SettingId } from "../../src/constants.ts";
import { extent } from "./testkit/extent.ts";
import { attackOn, assertBudget, assertClosed } from "./testkit/fight.ts";
import type { Attack } from "./testkit/fight.ts";
import { VictimServer } from "./testkit/victim.ts";
import { frame, settings } from "../testkit/frames.ts";
import { indexed, inserted, literal, request, requestBlock, text } from "./testkit/blocks.ts";

// Header blocks that are small on the wire and large in memory, RFC 7541 §7.

const { COMPRESSION_ERROR, ENHANCE_YOUR_CALM } = ErrorCode;
/** The newest entry of the dynamic table. */
const NEWEST = 62;
/** The static entry `accept-encoding: gzip, deflate`. */
const TINY = 16;

let victim: VictimServer;
before(() => {
  victim = new VictimServer();
});
after(() => victim[Symbol.asyncDispose]());

function headers(streamId: number, block: Uint8Array): Uint8Array {
  return frame(FrameType.HEADERS, Flag.END_STREAM | Flag.END_HEADERS, streamId, block);
}

/** `count` references of one octet each to what stands at `index`. */
function references(index: number, count: number): Uint8Array {
  return Buffer.alloc(count, indexed(index));
}

function id(index: number): number {
  return index * 2 + 1;
}

test("an HPACK bomb, one large entry referred to over and over, ends with its first block, in little time", async () => {
  const bomb = requestBlock("/", inserted("a", "x".repeat(3900)), references(NEWEST, 12_000));
  const aftermath = await attackOn(victim, {
    unit: (index) => headers(id(index), bomb),
    units: 50,
  });
  assertBudget(aftermath, ENHANCE_YOUR_CALM, "header_list_way_too_large", 5);
  assert.ok(aftermath.cpuMicros < 500_000, `${aftermath.cpuMicros} µs for it all`);
});

test("thousands of references to a tiny field end the connection, and not one copy is kept", async () => {
  const block = requestBlock("/", references(TINY, 16_000));
  const aftermath = await attackOn(victim, {
    unit: (index) => headers(id(index), block),
    units: 50,
  });
  assertBudget(aftermath, ENHANCE_YOUR_CALM, "header_list_way_too_large", 5);
});

/** Blocks with more fields than a request may have, of less than four times the allowed size. */
const crowds: readonly (readonly [string, Uint8Array])[] = [
  ["tiny fields", requestBlock("/", references(TINY, 700))],
  ["crumbs of a cookie", requestBlock("/", inserted("cookie", "a"), references(NEWEST, 700))],
  ["fields without a value", requestBlock("/", inserted("x", ""), references(NEWEST, 700))],
  [
    "fields without a name",
    requestBlock("/", ...Array.from({ length: 300 }, () => literal("", ""))),
  ],
];

for (const [crowd, block] of crowds) {
  test(`requests with hundreds of ${crowd} are refused and charged: too_many_resets`, async () => {
    const aftermath = await attackOn(victim, {
      unit: (index) => headers(id(index), block),
      units: extent(2000, 100_000),
    });
    assertBudget(aftermath, ENHANCE_YOUR_CALM, "too_many_resets", 700);
    assert.equal(aftermath.handlers.handled, 0);
  });
}

test("a hundred streams with all the headers that are allowed stay within the connection's memory", async () => {
  const value = "x".repeat(120);
  const fields = Array.from({ length: 100 }, (_, index) => literal(`name-${index}`, value));
  const aftermath = await attackOn(victim, {
    opening: (peer) => peer.send(settings([SettingId.INITIAL_WINDOW_SIZE, 0])),
    unit: (index) => request(id(index), "/hold", { extra: fields }),
    units: 100,
  });
  assert.equal(aftermath.record.end.by, "transport");
  assert.equal(aftermath.handlers.mostAtWork, 100);
});

/** Blocks that no encoder writes: each ends the connection, since the tables of both ends differ after it. */
const undecodable: readonly (readonly [string, Uint8Array])[] = [
  ["three changes of the table's size", Buffer.from("203fe11f203f01", "hex")],
  ["a change of the table's size after a field", Buffer.from("8220", "hex")],
  ["a table larger than it was allowed to be", Buffer.from("3fe2ff03", "hex")],
  ["spam of changes of the table's size", Buffer.alloc(12_000, Buffer.from("203fe11f", "hex"))],
  ["a reference to index 0", Buffer.from("80", "hex")],
  ["a reference beyond the table", Buffer.from("ff8001", "hex")],
  ["an integer without end", Buffer.concat([Buffer.of(0xff), Buffer.alloc(1000, 0xff)])],
  ["an integer padded with zeros", Buffer.from("ff8080808080808080808000", "hex")],
  ["a string longer than the block", Buffer.from("007fffffff0761", "hex")],
  ["a string of 2 GiB", Buffer.from("007f80ffffff0761", "hex")],
  ["Huffman's end of string", Buffer.from("0084ffffffff0161", "hex")],
  ["Huffman padding of zeros", Buffer.from("0081180161", "hex")],
  ["Huffman padding of a whole octet", Buffer.from("00831fffff0161", "hex")],
  ["a block that ends inside a field", Buffer.from("4003616263", "hex")],
];

for (const [what, block] of undecodable) {
  test(`${what} is a COMPRESSION_ERROR`, async () => {
    const aftermath = await attackOn(victim, {
      unit: (index) => headers(id(index), block),
      units: 10,
    });
    const { end } = aftermath.record;
    assertClosed(aftermath, COMPRESSION_ERROR, end.token, 5);
    assert.match(end.token, /^[a-z]+(_[a-z]+)*$/);
    assert.equal(aftermath.peer.goaway?.debug, end.token);
  });
}

test("a long Huffman string in many CONTINUATIONs costs no more than its octets", async () => {
  // 16 KiB of the code of "0", five bits each, in seven parts, over and over.
  const part = Buffer.alloc(2000, 0x00);
  const length = part.length * 7;
  const name = Buffer.concat([Buffer.of(0x00), text("long")]);
  const head = Buffer.concat([requestBlock("/"), name, huffmanLength(length)]);
  const aftermath = await attackOn(victim, {
    unit: (index) =>
      Buffer.concat([
        frame(FrameType.HEADERS, Flag.END_STREAM, id(index), head),
        ...Array.from({ length: 6 }, () => frame(FrameType.CONTINUATION, 0, id(index), part)),
        frame(FrameType.CONTINUATION, Flag.END_HEADERS, id(index), part),
      ]),
    units: 100,
  });
  // Decoded it has 22,400 octets: too large for a request, not for the connection.
  const { end } = aftermath.record;
  assert.ok(end.by === "transport" || end.code === ENHANCE_YOUR_CALM, end.token);
  assert.ok(aftermath.cpuMicros < 1_000_000, `${aftermath.cpuMicros} µs for 1.4 MB`);
});

function huffmanLength(octets: number): Uint8Array {
  const rest = octets - 127;
  return Buffer.of(0xff, (rest & 0x7f) | 0x80, rest >> 7);
}

/** A request that fills the table with entries of its own. */
function churn(index: number): Uint8Array {
  const large = inserted(`name-${index}`, "x".repeat(3000));
  return requestBlock("/", large, inserted("b", "y".repeat(900)));
}

test("entries that drive each other out of the table leave nothing behind", async () => {
  const attack: Attack = {
    unit: (index) => headers(id(index), churn(index)),
    units: extent(2000, 20_000),
    pace: 100,
  };
  const { record, handlers } = await attackOn(victim, attack);
  assert.equal(record.end.by, "transport");
  assert.equal(handlers.handled, attack.units);
});

test("an encoder that is offered a table of 4 GiB uses its own limit", async () => {
  const { record } = await attackOn(victim, {
    opening: (peer) => peer.send(settings([SettingId.HEADER_TABLE_SIZE, 2 ** 32 - 1])),
    unit: (index) => request(id(index), "/"),
    units: extent(2000, 50_000),
    pace: 100,
  });
  assert.equal(record.end.by, "transport");
  assert.equal(record.stats.streamsFinished, record.stats.streamsOpened);
});

test("a hundred thousand different names leave nothing behind", async () => {
  const perRequest = 100;
  const { record } = await attackOn(victim, {
    unit: (index) =>
      request(id(index), "/", {
        extra: Array.from({ length: perRequest }, (_, at) =>
          literal(`n${index * perRequest + at}`, "v"),
        ),
      }),
    units: extent(1000, 10_000),
    pace: 10,
  });
  assert.equal(record.end.by, "transport");
});

/** Names that mean something to JavaScript's objects. */
const prototypeNames = ["__proto__", "constructor", "prototype", "hasownproperty", "tostring"];

test("names that objects inherit are names like others", async () => {
  const { record, handlers } = await attackOn(victim, {
    unit: (index) =>
      request(id(index), "/", { extra: prototypeNames.map((name) => literal(name, "polluted")) }),
    units: 100,
  });
  assert.equal(record.end.by, "transport");
  assert.equal(handlers.handled, 100);
  assert.equal(record.stats.streamsFinished, 100);
});
