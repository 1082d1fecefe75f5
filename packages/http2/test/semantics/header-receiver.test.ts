import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ErrorCode } from "../../src/constants.ts";
import { Decoder } from "../../src/hpack/decoder.ts";
import { Encoder } from "../../src/hpack/encoder.ts";
import { HeaderReceiver } from "../../src/semantics/header-receiver.ts";
import type { ReceivedHeaders } from "../../src/semantics/headers.ts";
import { limits } from "./received.ts";

/** A receiver, and an encoder at the other end. */
class Pair {
  readonly encoder = new Encoder(4096);
  readonly decoder = new Decoder(4096, 65_536);
  readonly receiver = new HeaderReceiver(this.decoder, limits);

  send(list: readonly string[]): ReceivedHeaders {
    const block = this.encoder.encode(list);
    // Somewhere inside other bytes, that are gone when the call returns.
    const bytes = new Uint8Array(block.length + 10);
    bytes.set(block, 7);
    const headers = this.receiver.receive(bytes, 7, 7 + block.length);
    bytes.fill(0);
    assert.deepEqual(headers.snapshot(), list);
    return headers;
  }

  /** Sends octets as they are. */
  raw(...octets: number[]): ReceivedHeaders {
    return this.receiver.receive(Uint8Array.from(octets), 0, octets.length);
  }
}

const request = [":method", "POST", ":scheme", "http", ":path", "/a", ":authority", "x", "a", "1"];

suite("a block that comes again", () => {
  test("yields the very same headers, once it has come twice", () => {
    const pair = new Pair();
    const all = Array.from({ length: 8 }, () => pair.send(request));
    assert.notEqual(all[0], all[1]);
    assert.equal(all[6], all[7]);
  });

  test("isn't recognised when the table has changed since, though its octets are the same", () => {
    const pair = new Pair();
    // `a: 1`, then `a: 2` over and over: index 62 is the newest each time.
    pair.raw(0x40, 1, 0x61, 1, 0x31);
    for (let i = 0; i < 4; i++) assert.deepEqual(pair.raw(0xbe).snapshot(), ["a", "1"]);
    pair.raw(0x40, 1, 0x61, 1, 0x32);
    assert.deepEqual(pair.raw(0xbe).snapshot(), ["a", "2"]);
  });

  test("isn't recognised when an entry that it refers to was evicted", () => {
    const pair = new Pair();
    pair.raw(0x40, 1, 0x61, 1, 0x31);
    for (let i = 0; i < 4; i++) pair.raw(0xbe);
    pair.raw(0x20);
    assert.throws(() => pair.raw(0xbe), { token: "index_too_large" });
  });

  test("is decoded each time where it changes the table", () => {
    const pair = new Pair();
    const insert = [0x40, 1, 0x61, 1, 0x31];
    for (let i = 0; i < 8; i++) pair.raw(...insert);
    assert.deepEqual(pair.raw(0xbe, 0xbe + 7).snapshot(), ["a", "1", "a", "1"]);
    assert.throws(() => pair.raw(0xbe + 8), { token: "index_too_large" });
  });

  test("with a size update takes effect each time", () => {
    const pair = new Pair();
    // To 100 and back to 4,096: the second begins with `3f 45`, the first with `3f e1 1f`.
    for (let i = 0; i < 8; i++) {
      pair.raw(0x3f, 0x45, 0x82);
      pair.raw(0x3f, 0xe1, 0x1f, 0x82);
    }
    for (let i = 0; i < 3; i++) pair.raw(0x40, 1, 0x61, 1, 0x31);
    assert.deepEqual(pair.raw(0xc0).snapshot(), ["a", "1"]);
  });

  test("is refused when a size update is due before it", () => {
    const pair = new Pair();
    for (let i = 0; i < 8; i++) pair.raw(0x82);
    pair.decoder.setMaxTableSize(0);
    assert.throws(() => pair.raw(0x82), { token: "table_size_update_missing" });
  });

  test("is recognised again after many that all differed", () => {
    const pair = new Pair();
    for (let i = 0; i < 3; i++) pair.send(request);
    for (let i = 0; i < 1000; i++) pair.send([...request, "grpc-timeout", `${i}m`]);
    const after = Array.from({ length: 200 }, () => pair.send(request));
    assert.equal(after.at(-2), after.at(-1));
  });
});

test("blocks that differ in one octet are told apart", () => {
  const pair = new Pair();
  for (let i = 0; i < 2000; i++) pair.send([...request, "grpc-timeout", `${i % 40}m`]);
});

test("more references than fields are allowed cost no memory, and come to an end", () => {
  const pair = new Pair();
  pair.raw(0x40, 1, 0x61, 1, 0x31);
  const few = pair.raw(...Array.from({ length: 1000 }, () => 0xbe));
  assert.equal(few.tooLarge, true);
  assert.equal(few.count, limits.maxHeaderFields);
  assert.throws(() => pair.raw(...Array.from({ length: 16_000 }, () => 0xbe)), {
    name: "ConnectionError",
    code: ErrorCode.ENHANCE_YOUR_CALM,
    token: "header_list_way_too_large",
  });
});

test("the tables stay in step behind a list that is too large", () => {
  const pair = new Pair();
  const references = Array.from({ length: 300 }, () => 0x82);
  const large = pair.raw(...references, 0x40, 1, 0x61, 1, 0x31);
  assert.equal(large.tooLarge, true);
  assert.deepEqual(pair.raw(0xbe).snapshot(), ["a", "1"]);
});
