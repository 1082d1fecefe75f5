import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_INTEGER_OCTETS, readInteger, writeInteger } from "../../src/hpack/integer.ts";
import { octets } from "./fields.ts";

const masks = [0x0f, 0x1f, 0x3f, 0x7f];

/** RFC 7541 §5.1 in the words of its pseudo-code, with numbers that have no size. */
function naiveEncode(value: bigint, mask: bigint): number[] {
  if (value < mask) return [Number(value)];
  const bytes = [Number(mask)];
  let rest = value - mask;
  while (rest >= 128n) {
    bytes.push(Number((rest % 128n) + 128n));
    rest /= 128n;
  }
  return [...bytes, Number(rest)];
}

const numbers = (): number[] => {
  const edges = new Set<number>();
  for (let bit = 0; bit < 31; bit++) {
    for (const near of [-130, -128, -127, -16, -15, -1, 0, 1, 15, 16, 126, 127, 128]) {
      edges.add(2 ** bit + near);
    }
  }
  edges.add(2 ** 31 - 1);
  return [...edges].filter((value) => value >= 0 && value < 2 ** 31);
};

test("integers around every power of two are written and read as the naive twin does it", () => {
  for (const mask of masks) {
    for (const value of numbers()) {
      const expected = naiveEncode(BigInt(value), BigInt(mask));
      const bytes = new Uint8Array(MAX_INTEGER_OCTETS + 4);
      const end = writeInteger(bytes, 2, value, mask, 0);
      assert.deepEqual([...bytes.subarray(2, end)], expected, `${value} in ${mask}`);
      const cursor = { bytes, position: 3, end };
      assert.equal(readInteger(cursor, bytes[2] as number, mask), value);
      assert.equal(cursor.position, end);
    }
  }
});

test("the bits above the prefix are kept on writing and left alone on reading", () => {
  const bytes = new Uint8Array(4);
  writeInteger(bytes, 0, 5, 0x1f, 0x20);
  assert.equal(bytes[0], 0x25);
  assert.equal(readInteger({ bytes, position: 1, end: 4 }, 0xe5, 0x1f), 5);
});

const read = (hex: string): number => {
  const bytes = octets(hex);
  return readInteger({ bytes, position: 1, end: bytes.length }, bytes[0] as number, 0x1f);
};

test("leading zeros are taken up to five octets, and no further", () => {
  assert.equal(read("1f 80 80 80 80 00"), 31);
  assert.throws(() => read("1f 80 80 80 80 80 00"), { token: "integer_too_long" });
});

test("2^31 - 1 is the largest integer", () => {
  assert.equal(read("1f e0 ff ff ff 07"), 2 ** 31 - 1);
  assert.throws(() => read("1f e1 ff ff ff 07"), { token: "integer_too_large" });
  assert.throws(() => read("1f ff ff ff ff 7f"), { token: "integer_too_large" });
});

test("an integer that is cut off is refused", () => {
  for (const hex of ["1f", "1f 80", "1f ff ff"]) {
    assert.throws(() => read(hex), { token: "block_truncated" }, hex);
  }
});
