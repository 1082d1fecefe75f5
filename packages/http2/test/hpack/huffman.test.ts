import assert from "node:assert/strict";
import { test } from "node:test";
import { latin1, writeLatin1 } from "../../src/bytes/latin1.ts";
import { decode, encode, encodedLength, maxDecodedLength } from "../../src/hpack/huffman.ts";
import { octets, seeded } from "./fields.ts";
import { naiveDecode, naiveEncode } from "@privet/naive-hpack/huffman";

/** By the fast encoder; at an offset, so that one that begins at 0 would be noticed. */
function pack(text: string): number[] {
  const bytes = new Uint8Array(8 + text.length * 4);
  const end = encode(text, bytes, 3);
  assert.equal(end - 3, encodedLength(text));
  return [...bytes.subarray(3, end)];
}

function unpack(packed: readonly number[]): string {
  const bytes = Uint8Array.from([0, ...packed, 0]);
  const target = new Uint8Array(maxDecodedLength(packed.length));
  return latin1(target, 0, decode(bytes, 1, packed.length + 1, target));
}

const texts = (): string[] => {
  const random = seeded(7541);
  const list = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));
  for (let i = 0; i < 2000; i++) {
    const length = Math.floor(random() * 40);
    const above = random() < 0.5 ? 128 : 256;
    list.push(String.fromCharCode(...Array.from({ length }, () => Math.floor(random() * above))));
  }
  return ["", ...list];
};

test("every octet, and strings of random ones, are encoded as the naive twin does it", () => {
  for (const text of texts()) {
    const packed = naiveEncode([...Buffer.from(text, "latin1")]);
    assert.deepEqual(pack(text), packed, JSON.stringify(text));
    assert.equal(unpack(packed), text);
  }
});

test("octets that nobody encoded are decoded, or refused, as the naive twin does it", () => {
  const random = seeded(42);
  const outcomes = { decoded: 0, refused: 0 };
  for (let i = 0; i < 20_000; i++) {
    const length = 1 + Math.floor(random() * 6);
    // Many ones, since those lead to the long codes and to EOS.
    const bytes = Array.from({ length }, () =>
      random() < 0.3 ? 0xff : Math.floor(random() * 256),
    );
    const fast = outcome(() => unpack(bytes));
    const naive = outcome(() => String.fromCharCode(...naiveDecode(bytes)));
    assert.deepEqual(fast, naive, Buffer.from(bytes).toString("hex"));
    outcomes["text" in fast ? "decoded" : "refused"]++;
  }
  assert.ok(outcomes.decoded > 1000 && outcomes.refused > 1000, JSON.stringify(outcomes));
});

function outcome(decoding: () => string): { text: string } | { error: string } {
  try {
    return { text: decoding() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

test("padding of up to 7 ones is taken, and no other", () => {
  assert.equal(unpack([...octets("1f")]), "a");
  assert.equal(unpack([...octets("07")]), "0", "3 bits of padding");
  assert.equal(unpack([...octets("fe 3f")]), "!", "6 bits of padding");
  assert.throws(() => unpack([...octets("18")]), { token: "huffman_padding" }, "zeros");
  assert.throws(() => unpack([...octets("1f ff")]), { token: "huffman_padding" }, "11 ones");
  assert.throws(() => unpack([0xff]), { token: "huffman_padding" }, "8 ones");
});

test("EOS inside a string is refused", () => {
  assert.throws(() => unpack([...octets("ff ff ff ff")]), { token: "huffman_eos" });
  assert.throws(() => unpack([...octets("1f ff ff ff ff")]), { token: "huffman_eos" });
});

test("text of any length comes back from its octets", () => {
  const random = seeded(1);
  for (let length = 0; length < 70; length++) {
    const text = String.fromCharCode(...Array.from({ length }, () => Math.floor(random() * 256)));
    const bytes = new Uint8Array(length + 2);
    writeLatin1(text, bytes, 1);
    assert.equal(latin1(bytes, 1, length + 1), text);
    assert.equal(
      latin1(bytes, 1, length + 1),
      Buffer.from(bytes).toString("latin1", 1, length + 1),
    );
  }
});
