import assert from "node:assert/strict";
import test from "node:test";
import { copyOf, passingCopyOf, passingOctets } from "../../src/router/octets.ts";

// It has to be the first in this process.
test("a copy of nothing is empty, even the very first", () => {
  assert.equal(passingCopyOf(new Uint8Array(5), 5, 5).length, 0);
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

test("octets that pass are as many as were asked for, and nobody else's", () => {
  const sizes = Array.from({ length: 500 }, (_, i) => (i * 37) % 1500);
  const arrays = sizes.map((size) => passingOctets(size));
  for (const [i, array] of arrays.entries()) array.fill(i);
  for (const [i, array] of arrays.entries()) {
    assert.equal(array.length, sizes[i]);
    assert.ok(array.every((octet) => octet === (i & 255)));
  }
});
