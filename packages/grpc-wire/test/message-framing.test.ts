import assert from "node:assert/strict";
import { test } from "node:test";
import { isWholeMessage, messageEnd, prefixMessage } from "@privet/grpc-wire";

// Each fast function beside its naive twin: gRPC over HTTP/2 "Requests", by DataView.

function naivePrefixed(message: Uint8Array, flags: number): Uint8Array {
  const prefix = new DataView(new ArrayBuffer(5));
  prefix.setUint8(0, flags);
  prefix.setUint32(1, message.length);
  return Uint8Array.from([...new Uint8Array(prefix.buffer), ...message]);
}

function naiveEnd(bytes: Uint8Array, start: number, end: number): number | undefined {
  const octets = bytes.slice(start, end);
  return octets.length < 5 ? undefined : start + 5 + new DataView(octets.buffer).getUint32(1);
}

const sizes = [0, 1, 2, 47, 48, 49, 255, 256, 257, 65_535, 65_536, 65_537];

test("a message is prefixed by its flags and its length, whatever its size", () => {
  for (const size of [...sizes, 16_777_216]) {
    const message = new Uint8Array(size).map((_, i) => (i * 7) & 0xff);
    for (const flags of [0, 1, 0x80, 0xff]) {
      const framed = prefixMessage(message, flags);
      assert.equal(framed.length, size + 5);
      const twin = size > 100_000 ? framed : naivePrefixed(message, flags);
      assert.equal(Buffer.compare(framed, twin), 0, `${size} octets`);
      const view = new DataView(framed.buffer, framed.byteOffset);
      assert.deepEqual([view.getUint8(0), view.getUint32(1)], [flags, size]);
    }
  }
});

test("what was prefixed is the caller's alone: the message may change afterwards", () => {
  const message = Uint8Array.of(1, 2, 3);
  const framed = prefixMessage(message, 0);
  message.fill(9);
  assert.deepEqual([...framed], [0, 0, 0, 0, 3, 1, 2, 3]);
});

test("octets are a whole message exactly where their prefix says so", () => {
  for (const size of sizes) {
    const framed = prefixMessage(new Uint8Array(size), 1);
    // In the middle of others, as it lies in a frame, and cut or followed by more.
    for (const before of [0, 3]) {
      const bytes = Uint8Array.from([
        ...new Uint8Array(before).fill(0xee),
        ...framed,
        ...new Uint8Array(300).fill(0xee),
      ]);
      const whole = before + framed.length;
      const ends = [0, 1, 4, 5, 6].map((octets) => before + octets);
      for (const end of [...ends, whole - 256, whole - 1, whole, whole + 1, whole + 256]) {
        if (end < before) continue;
        const expected = naiveEnd(bytes, before, end) === end;
        assert.equal(isWholeMessage(bytes, before, end), expected, `${size} octets, to ${end}`);
        assert.equal(expected, end === whole);
      }
    }
  }
});

test("any prefix is read as its twin reads it", () => {
  const octets = [0, 1, 0x7f, 0x80, 0xff];
  for (const a of octets) {
    for (const b of octets) {
      for (const c of octets) {
        for (const d of octets) {
          const bytes = Uint8Array.of(0xee, 0, a, b, c, d, 1, 2, 3);
          const end = naiveEnd(bytes, 1, bytes.length);
          assert.equal(messageEnd(bytes, 1, bytes.length), end);
          assert.equal(isWholeMessage(bytes, 1, bytes.length), end === bytes.length);
        }
      }
    }
  }
});
