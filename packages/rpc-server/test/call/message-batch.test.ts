import assert from "node:assert/strict";
import test from "node:test";
import { prefixMessage } from "@privet/grpc-wire";
import { batchOctets, MessageBatch } from "../../src/call/message-batch.ts";
import { Random } from "../differential/random.ts";

test("the parts that a batch sends are its messages, one after the other", () => {
  const random = new Random(7);
  const parts: Uint8Array[] = [];
  const expected: Uint8Array[] = [];
  const batch = new MessageBatch((bytes) => parts.push(bytes));
  for (let i = 0; i < 2000; i++) {
    const large = random.chance(0.02);
    const message = random.bytes(random.below(large ? 3 * batchOctets : 120));
    const flags = random.below(2);
    batch.add(message, flags);
    // The naive twin: each message by itself.
    expected.push(prefixMessage(message, flags));
    if (random.chance(0.05)) batch.flush();
  }
  batch.flush();
  assert.ok(batch.empty);
  assert.ok(Buffer.concat(parts).equals(Buffer.concat(expected)));
});

test("a batch is never more than a frame, and no small message is cut", () => {
  const sizes: number[] = [];
  const batch = new MessageBatch((bytes) => sizes.push(bytes.length));
  const framed = 95 + 5;
  for (let i = 0; i < 1000; i++) batch.add(new Uint8Array(95), 0);
  batch.flush();
  assert.ok(sizes.every((size) => size <= batchOctets && size % framed === 0));
  assert.equal(sizes.length, Math.ceil(1000 / Math.floor(batchOctets / framed)));
});

test("a message as large as a frame is a batch of its own", () => {
  assert.deepEqual(sizesOf([1, batchOctets - 5]), [6, batchOctets]);
});

test("a larger one isn't copied, and its prefix leaves with what came before", () => {
  const message = new Uint8Array(batchOctets - 4);
  const parts: Uint8Array[] = [];
  const batch = new MessageBatch((bytes) => parts.push(bytes));
  batch.add(Uint8Array.of(1), 0);
  batch.add(message, 1);
  batch.flush();
  assert.deepEqual(Array.from(parts[0] ?? []), [0, 0, 0, 0, 1, 1, 1, 0, 0, 0x3f, 0xfc]);
  assert.equal(parts[1], message);
  assert.equal(parts.length, 2);
});

test("there is a prefix too where no room is left for it", () => {
  assert.deepEqual(sizesOf([batchOctets - 5, 20_000]), [batchOctets, 5, 20_000]);
});

test("what was sent doesn't change when more is added", () => {
  const parts: Uint8Array[] = [];
  const batch = new MessageBatch((bytes) => parts.push(bytes));
  batch.add(Uint8Array.of(1, 2, 3), 0);
  batch.flush();
  for (let i = 0; i < 100; i++) batch.add(Uint8Array.of(9, 9, 9), 0);
  assert.deepEqual(Array.from(parts[0] ?? []), [0, 0, 0, 0, 3, 1, 2, 3]);
});

test("a batch with nothing in it sends nothing", () => {
  new MessageBatch(() => assert.fail("there is nothing to send")).flush();
});

function sizesOf(messages: readonly number[]): number[] {
  const sizes: number[] = [];
  const batch = new MessageBatch((bytes) => sizes.push(bytes.length));
  for (const size of messages) batch.add(new Uint8Array(size), 0);
  batch.flush();
  return sizes;
}
