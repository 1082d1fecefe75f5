import assert from "node:assert/strict";
import test from "node:test";
import { prefixMessage } from "@privet/grpc-wire";
import { Backlog } from "../../src/call/backlog.ts";
import { Random } from "../differential/random.ts";

test("what is read is what was pushed, in whatever parts", () => {
  const random = new Random(5);
  const backlog = new Backlog();
  const pushed: number[] = [];
  const read: number[] = [];
  for (let i = 0; i < 3000; i++) {
    const chunk = random.bytes(random.below(random.chance(0.05) ? 20_000 : 40));
    backlog.push(chunk, 0, chunk.length);
    pushed.push(...chunk);
    chunk.fill(0);
    while (backlog.size > 0 && random.chance(0.6)) {
      backlog.read(random.below(500) + 1, (bytes, start, end) => {
        read.push(...bytes.subarray(start, end));
      });
    }
    assert.equal(backlog.size, pushed.length - read.length);
  }
  while (backlog.size > 0) {
    backlog.read(Infinity, (bytes, start, end) => read.push(...bytes.subarray(start, end)));
  }
  assert.deepEqual(read, pushed);
  assert.equal(
    backlog.read(1, () => assert.fail("nothing is left")),
    0,
  );
});

test("octets that were read don't change when more is pushed", () => {
  const backlog = new Backlog();
  const views: Uint8Array[] = [];
  for (let i = 0; i < 100; i++) backlog.push(Uint8Array.of(i, i), 0, 2);
  backlog.read(50, (bytes, start, end) => views.push(bytes.subarray(start, end)));
  const before = views.map((view) => Array.from(view));
  for (let i = 0; i < 9000; i++) backlog.push(Uint8Array.of(255), 0, 1);
  assert.deepEqual(
    views.map((view) => Array.from(view)),
    before,
  );
});

test("a message is read whole where all of it lies in one block, or left alone", () => {
  const random = new Random(11);
  const backlog = new Backlog();
  const pushed: number[] = [];
  const read: number[] = [];
  let whole = 0;
  for (let i = 0; i < 3000; i++) {
    const message = random.bytes(random.below(random.chance(0.02) ? 20_000 : 60));
    const framed = prefixMessage(message, random.below(4));
    const cut = random.chance(0.3) ? random.below(framed.length) : framed.length;
    backlog.push(framed, 0, cut);
    if (cut < framed.length) backlog.push(framed, cut, framed.length);
    pushed.push(...framed);
    while (backlog.size > 0 && random.chance(0.6)) {
      const size = backlog.size;
      const bytes = backlog.readMessage(random.pick([10, 100_000]));
      if (bytes === undefined) {
        assert.equal(backlog.size, size);
        // The naive twin: octet by octet, to the end of the message.
        read.push(...readOctets(backlog, 5));
        read.push(...readOctets(backlog, Buffer.from(read.slice(-4)).readUInt32BE()));
      } else {
        whole++;
        assert.equal(backlog.size, size - 5 - bytes.length);
        read.push(...prefixMessage(bytes, backlog.flags));
      }
    }
  }
  while (backlog.size > 0) read.push(...readOctets(backlog, backlog.size));
  assert.deepEqual(read, pushed);
  assert.ok(whole > 1000, `${whole} were read whole`);
});

test("a prefix of four gigabytes is no whole message", () => {
  const backlog = new Backlog();
  backlog.push(Uint8Array.of(0, 255, 255, 255, 255, 1, 2, 3), 0, 8);
  assert.equal(backlog.readMessage(Infinity), undefined);
  assert.equal(backlog.size, 8);
});

function readOctets(backlog: Backlog, count: number): number[] {
  const octets: number[] = [];
  while (octets.length < count) {
    backlog.read(1, (bytes, start, end) => octets.push(...bytes.subarray(start, end)));
  }
  return octets;
}
