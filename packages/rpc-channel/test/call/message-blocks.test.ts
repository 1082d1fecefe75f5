import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageBlocks } from "../../src/call/message-blocks.ts";

test("a copy is the message's own: neither what was lent nor other copies change it", () => {
  const blocks = new MessageBlocks();
  const lent = new Uint8Array(5000);
  const copies: { copy: Uint8Array; expected: Uint8Array }[] = [];
  for (let size = 0; size < 3000; size += 7) {
    lent.fill(size & 0xff, 0, size);
    const copy = blocks.copy(lent.subarray(0, size), size + 100);
    copies.push({ copy, expected: new Uint8Array(size).fill(size & 0xff) });
  }
  lent.fill(255);
  for (const { copy, expected } of copies) assert.deepEqual(copy, expected);
});

test("a message that comes alone keeps little more than its own octets", () => {
  const copy = new MessageBlocks().copy(new Uint8Array(10), 15);
  assert.ok(copy.buffer.byteLength <= 60);
});

test("no copy takes others with it to another thread", () => {
  const blocks = new MessageBlocks();
  const first = blocks.copy(Uint8Array.of(1, 2, 3), 1000);
  const second = blocks.copy(Uint8Array.of(4, 5, 6), 1000);
  assert.equal(first.buffer, second.buffer);
  assert.throws(() => structuredClone(first, { transfer: [first.buffer] }), {
    name: "DataCloneError",
  });
  assert.deepEqual([...second], [4, 5, 6]);
});

test("a large message has a buffer of its own", () => {
  const blocks = new MessageBlocks();
  const large = blocks.copy(new Uint8Array(2000), 10_000);
  assert.equal(large.buffer.byteLength, 2000);
});
