import assert from "node:assert/strict";
import test from "node:test";
import { Backlog } from "../../src/call/backlog.ts";
import { copyOf, passingCopyOf } from "../../src/router/octets.ts";
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

for (const copy of [copyOf, passingCopyOf]) {
  test(`${copy.name}() is a copy, of a Buffer too`, () => {
    const source = Buffer.from([1, 2, 3, 4, 5]);
    const small = copy(source, 1, 4);
    const large = copy(Buffer.alloc(100_000, 7), 10, 90_010);
    source.fill(0);
    assert.deepEqual([...small], [2, 3, 4]);
    assert.equal(Object.getPrototypeOf(small), Uint8Array.prototype);
    assert.equal(large.length, 90_000);
    assert.equal(large[89_999], 7);
  });
}

test("copies that pass don't overlap", () => {
  const copies = Array.from({ length: 2000 }, (_, i) =>
    passingCopyOf(Uint8Array.of(i, i >> 8), 0, 2),
  );
  for (const [i, copy] of copies.entries()) assert.deepEqual([...copy], [i & 255, i >> 8]);
});
