import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ConnectionError } from "../../src/errors.ts";
import { Decoder } from "../../src/hpack/decoder.ts";
import { Field, FieldKind, kindOf } from "../../src/hpack/field.ts";
import { STATIC_ENTRIES, staticFields } from "../../src/hpack/static-table.ts";
import { decodeFields, decodeList, octets } from "./fields.ts";

const MAX_STRING = 4096;
/** `a: b` with incremental indexing: 34 octets of the table. */
const AB = "40 01 61 01 62";

test("a block of no octets has no fields", () => {
  assert.deepEqual(decodeList(new Decoder(4096, MAX_STRING), octets("")), []);
});

test("a block may lie anywhere in its bytes", () => {
  const decoder = new Decoder(4096, MAX_STRING);
  const names: string[] = [];
  decoder.decode(octets("80 82 86 80"), 1, 3, { field: ({ name }) => void names.push(name) });
  assert.deepEqual(names, [":method", ":scheme"]);
});

test("every index of the static table yields its field, which is one for all decoders", () => {
  for (let index = 1; index <= STATIC_ENTRIES; index++) {
    const block = Uint8Array.of(0x80 | index);
    const [field] = decodeFields(new Decoder(4096, MAX_STRING), block);
    const [again] = decodeFields(new Decoder(4096, MAX_STRING), block);
    assert.equal(field, staticFields[index]);
    assert.equal(field, again);
  }
});

test("a reference to the dynamic table yields the very field that was inserted", () => {
  const decoder = new Decoder(4096, MAX_STRING);
  const [inserted] = decodeFields(decoder, octets(AB));
  const [first, second] = decodeFields(decoder, octets("be be"));
  assert.equal(first, inserted);
  assert.equal(second, inserted);
});

test("a name may be taken from an entry that the same insertion evicts", () => {
  const decoder = new Decoder(40, MAX_STRING);
  decodeFields(decoder, octets(AB));
  assert.deepEqual(decodeList(decoder, octets("7e 01 63")), ["a", "c"]);
  assert.deepEqual(decodeList(decoder, octets("be")), ["a", "c"]);
});

test("an entry too large for the table is emitted, and empties it", () => {
  const decoder = new Decoder(40, MAX_STRING);
  decodeFields(decoder, octets(AB));
  const large = `40 01 63 10 ${"64".repeat(16)}`;
  assert.deepEqual(decodeList(decoder, octets(large)), ["c", "d".repeat(16)]);
  assert.throws(() => decodeFields(decoder, octets("be")), { token: "index_too_large" });
});

test("empty names and values are emitted: whether they may be is not for HPACK to say", () => {
  const decoder = new Decoder(4096, MAX_STRING);
  assert.deepEqual(decodeList(decoder, octets("00 00 00")), ["", ""]);
  assert.deepEqual(decodeList(decoder, octets("00 80 80")), ["", ""]);
});

test("every octet may be in a name and in a value", () => {
  const text = String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet));
  const string = `7f 81 01 ${Buffer.from(text, "latin1").toString("hex")}`;
  const decoder = new Decoder(4096, MAX_STRING);
  assert.deepEqual(decodeList(decoder, octets(`00 ${string} ${string}`)), [text, text]);
});

test("only a literal that is never indexed is sensitive, also with an indexed name", () => {
  const decoder = new Decoder(4096, MAX_STRING);
  const block = octets(`${AB} 00 01 61 01 62 10 01 61 01 62 1f 2f 01 63 be 82`);
  assert.deepEqual(
    decodeFields(decoder, block).map(({ sensitive }) => sensitive),
    [false, false, true, true, false, false],
  );
});

test("a field has the kind of its name however it came", () => {
  const decoder = new Decoder(4096, MAX_STRING);
  const name = Buffer.from("grpc-timeout").toString("hex");
  const literal = octets(`40 0c ${name} 01 31 00 0c ${name} 01 32 7e 01 33 be`);
  for (const field of decodeFields(decoder, literal)) {
    assert.equal(field.name, "grpc-timeout");
    assert.equal(field.kind, FieldKind.GRPC_TIMEOUT);
  }
  const [path] = decodeFields(decoder, octets("04 01 2f"));
  assert.equal(path?.kind, FieldKind.PATH);
  assert.equal(kindOf(":protocol"), FieldKind.UNKNOWN_PSEUDO);
  assert.equal(kindOf("x-anything"), FieldKind.OTHER);
  assert.equal(kindOf("__proto__"), FieldKind.OTHER);
  assert.equal(kindOf("constructor"), FieldKind.OTHER);
  assert.equal(kindOf(""), FieldKind.OTHER);
});

test("a field's size is its octets and 32", () => {
  assert.equal(new Field("abc", "de", FieldKind.OTHER, false).size, 37);
});

suite("names that come again", () => {
  test("different names are told apart, whether packed or not", () => {
    const decoder = new Decoder(4096, MAX_STRING);
    const names = Array.from({ length: 2000 }, (_, i) => `x-name-${i}`);
    for (let round = 0; round < 3; round++) {
      for (const name of names) {
        const hex = Buffer.from(name).toString("hex");
        const length = name.length.toString(16).padStart(2, "0");
        assert.deepEqual(decodeList(decoder, octets(`00 ${length} ${hex} 00`)), [name, ""]);
      }
    }
    // The same octets, packed and not: "a" and 0x1f.
    assert.deepEqual(decodeList(decoder, octets("00 81 1f 00")), ["a", ""]);
    assert.deepEqual(decodeList(decoder, octets("00 01 1f 00")), ["\x1f", ""]);
    assert.deepEqual(decodeList(decoder, octets("00 81 1f 00")), ["a", ""]);
  });

  test("one longer than a decoder's limit is refused, though another decoder has seen it", () => {
    const block = octets("00 04 61616161 00");
    assert.deepEqual(decodeList(new Decoder(4096, 4), block), ["aaaa", ""]);
    assert.throws(() => decodeFields(new Decoder(4096, 3), block), { token: "string_too_long" });
  });
});

suite("RFC 7541 §4.2: size updates", () => {
  test("two at the beginning of a block are taken: the smallest, then the final one", () => {
    const it = new Decoder(4096, MAX_STRING);
    decodeFields(it, octets(AB));
    assert.deepEqual(decodeList(it, octets("20 3f e1 1f 82")), [":method", "GET"]);
    assert.throws(() => decodeFields(it, octets("be")), { token: "index_too_large" });
  });

  test("a block may be nothing but a size update", () => {
    assert.deepEqual(decodeList(new Decoder(4096, MAX_STRING), octets("3f e1 1f")), []);
  });

  test("the peer may use less than we allow without being asked", () => {
    const it = new Decoder(4096, MAX_STRING);
    decodeFields(it, octets(`22 ${AB}`));
    assert.throws(() => decodeFields(it, octets("be")), { token: "index_too_large" });
  });

  test("after a lowering the next block must begin with an update to it or below", () => {
    const it = new Decoder(4096, MAX_STRING);
    it.setMaxTableSize(100);
    assert.equal(it.updateDue, true);
    assert.deepEqual(decodeList(it, octets("3f 45 82")), [":method", "GET"]);
    assert.equal(it.updateDue, false);
    assert.deepEqual(decodeList(it, octets("82")), [":method", "GET"]);
  });

  test("after a lowering and a raising the update must go through the lowest", () => {
    const it = new Decoder(4096, MAX_STRING);
    it.setMaxTableSize(100);
    it.setMaxTableSize(4096);
    assert.deepEqual(decodeList(it, octets("3f 45 3f e1 1f 82")), [":method", "GET"]);
  });

  test("a lowering to what the peer uses anyway asks for nothing", () => {
    const it = new Decoder(4096, MAX_STRING);
    decodeFields(it, octets("3f 45"));
    it.setMaxTableSize(100);
    assert.deepEqual(decodeList(it, octets("82")), [":method", "GET"]);
  });

  test("a raising asks for nothing, and lets the peer use more", () => {
    const it = new Decoder(4096, MAX_STRING);
    it.setMaxTableSize(8192);
    assert.deepEqual(decodeList(it, octets("3f e1 3f 82")), [":method", "GET"]);
  });

  test("with a table of 0 nothing is kept, and literals to be indexed are taken all the same", () => {
    const it = new Decoder(0, MAX_STRING);
    assert.deepEqual(decodeList(it, octets(AB)), ["a", "b"]);
    assert.throws(() => decodeFields(it, octets("be")), { token: "index_too_large" });
  });
});

test("what the sink throws comes out of decode", () => {
  const decoder = new Decoder(4096, MAX_STRING);
  const error = new ConnectionError(11, "enough");
  const sink = {
    field(): void {
      throw error;
    },
  };
  assert.throws(() => decoder.decode(octets("82"), 0, 1, sink), error);
});

test("16,000 references to one entry are one field, 16,000 times", () => {
  const decoder = new Decoder(4096, MAX_STRING);
  const [inserted] = decodeFields(decoder, octets(`40 01 61 7f 81 1e ${"62".repeat(3968)}`));
  const seen = new Set<Field>();
  let count = 0;
  decoder.decode(new Uint8Array(16_000).fill(0xbe), 0, 16_000, {
    field(field) {
      seen.add(field);
      count++;
    },
  });
  assert.equal(count, 16_000);
  assert.deepEqual([...seen], [inserted]);
});
