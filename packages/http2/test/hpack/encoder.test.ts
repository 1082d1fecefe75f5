import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Decoder } from "../../src/hpack/decoder.ts";
import { Encoder } from "../../src/hpack/encoder.ts";
import { HeaderBlock } from "../../src/hpack/header-block.ts";
import { decodeFields, decodeList, headerList, octets, seeded } from "./fields.ts";

const MAX_STRING = 65_536;

/** An encoder, and a decoder at the other end that must understand each block. */
class Pair {
  readonly encoder: Encoder;
  readonly decoder: Decoder;

  constructor(maxTableSize = 4096) {
    this.encoder = new Encoder(maxTableSize);
    this.decoder = new Decoder(4096, MAX_STRING);
  }

  /** Encodes `list`, checks that it arrives, and returns the block. */
  send(...list: string[]): Uint8Array {
    const block = this.encoder.encode(list).slice();
    assert.deepEqual(decodeList(this.decoder, block), list);
    return block;
  }
}

function hex(block: Uint8Array): string {
  return Buffer.from(block).toString("hex");
}

function request(timeout?: string, path = "/greeter.v1.GreeterService/SayHello"): string[] {
  const list = headerList(`
    :method: POST
    :scheme: http
    :path: ${path}
    :authority: localhost:50051
    te: trailers
    content-type: application/grpc
    user-agent: test/1.0
  `);
  return timeout === undefined ? list : [...list, "grpc-timeout", timeout];
}

function refuse(): never {
  throw new Error("refused");
}

test("RFC 7541 C.4.1 is what it is there", () => {
  const pair = new Pair();
  const block = pair.send(
    ...headerList(`
      :method: GET
      :scheme: http
      :path: /
      :authority: www.example.com
    `),
  );
  assert.equal(hex(block), "828684418cf1e3c2e5f23a6ba0ab90f4ff");
});

suite("what is indexed", () => {
  test("the fields of a request are, at once: the next one is an octet for each", () => {
    const pair = new Pair();
    pair.send(...request());
    assert.equal(pair.send(...request()).length, request().length / 2);
  });

  test("a name that isn't known is indexed when it comes with the same value again", () => {
    const pair = new Pair();
    const first = pair.send("x-tenant", "a");
    const second = pair.send("x-tenant", "a");
    const third = pair.send("x-tenant", "a");
    assert.equal((first[0] as number) & 0xf0, 0, "a literal without indexing");
    assert.equal((second[0] as number) & 0xc0, 0x40, "a literal with indexing");
    assert.equal(hex(third), "be");
  });

  test("a value that differs each time is not, and leaves the table alone", () => {
    const pair = new Pair();
    pair.send(...request());
    for (let i = 0; i < 500; i++) pair.send(...request(), "x-call", `${i}`);
    assert.equal(pair.send(...request()).length, request().length / 2);
  });

  for (const name of [
    "grpc-timeout",
    "content-length",
    "grpc-message",
    "date",
    "traceparent",
    "x-request-id",
  ]) {
    test(`${name} never is, even with the same value: it differs from call to call`, () => {
      const pair = new Pair();
      for (let i = 0; i < 4; i++) {
        const block = pair.send(name, "12");
        assert.equal((block[0] as number) & 0xf0, 0, "a literal without indexing");
      }
    });
  }

  for (const name of [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "trace-bin",
    "x-key-bin",
  ]) {
    test(`${name} is marked as never to be indexed`, () => {
      const pair = new Pair();
      for (let i = 0; i < 4; i++) {
        const block = pair.encoder.encode([name, "secret"]).slice();
        assert.equal((block[0] as number) & 0xf0, 0x10);
        const [field] = decodeFields(pair.decoder, block);
        assert.equal(field?.sensitive, true);
        assert.equal(field?.value, "secret");
      }
    });
  }

  test("a cookie is marked even where the static table has it as it is, with an empty value", () => {
    assert.equal(hex(new Pair().send("cookie", "")), "1f1100");
  });

  test("a field larger than half of the table isn't", () => {
    const pair = new Pair();
    for (let i = 0; i < 3; i++) {
      const block = pair.send(":path", `/${"é".repeat(2048)}`);
      assert.equal((block[0] as number) & 0xf0, 0);
    }
  });

  test("with a table of 0 nothing is", () => {
    const pair = new Pair(0);
    assert.equal(hex(pair.send(":method", "POST")), "2083", "the size update, then the field");
    const first = pair.send(...request());
    assert.deepEqual(pair.send(...request()), first);
    assert.ok(first.every((_, i) => i !== 0 || first[0] === 0x83));
  });

  test("the same name twice in a list, with different values, arrives in order", () => {
    const pair = new Pair();
    for (let i = 0; i < 4; i++) pair.send("x-a", "1", "x-a", "2", "x-a", "1");
  });

  test("entries that were evicted are inserted again", () => {
    const pair = new Pair();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 200; i++) pair.send(...request(undefined, `/service/method-${i}`));
    }
  });
});

suite("lists that come again", () => {
  test("one with the same content is the same octets, whichever array it is", () => {
    const pair = new Pair();
    pair.send(...request());
    const second = pair.send(...request());
    const third = pair.encoder.encode(request());
    assert.deepEqual(third, second);
    assert.equal(pair.encoder.encode(request()), third, "not even encoded again");
  });

  test("one whose array was changed by its owner is encoded as it is now", () => {
    const pair = new Pair();
    const list = request();
    for (let i = 0; i < 3; i++) pair.send(...list);
    const encode = (): string[] => decodeList(pair.decoder, pair.encoder.encode(list).slice());
    assert.deepEqual(encode(), list);
    list[5] = "/other";
    assert.deepEqual(encode(), list);
    list.push("x-more", "1");
    assert.deepEqual(encode(), list);
  });

  test("one with another per-call value differs in that value's octets alone", () => {
    const pair = new Pair();
    for (let i = 0; i < 3; i++) pair.send(...request("1000m"));
    const one = pair.send(...request("2000m"));
    const two = pair.send(...request("3000m"));
    const name = one.length - 5;
    assert.deepEqual(one.subarray(0, name), two.subarray(0, name));
    assert.notDeepEqual(one, two);
  });

  test("any of its values may be another one, also one that is to be indexed", () => {
    const random = seeded(9);
    const pair = new Pair();
    const pick = (values: string[]): string => values[Math.floor(random() * values.length)] ?? "";
    for (let i = 0; i < 5000; i++) {
      const list = headerList(`
        :method: ${pick(["POST", "GET", "PUT"])}
        :scheme: http
        :path: ${pick(["/a", "/b", `/${i}`])}
        :authority: ${pick(["x", "y"])}
        grpc-timeout: ${pick(["1m", "2m", `${i}u`])}
        x-tenant: ${pick(["t", "u", `${i}`])}
        authorization: ${pick(["Bearer a", "Bearer b"])}
      `);
      pair.send(...list, ...(random() < 0.5 ? [] : ["content-length", `${i}`]));
    }
  });

  test("each part of a message has its own: the rules are asked for the other", () => {
    const asked: number[] = [];
    const encoder = new Encoder(4096, {
      checkList: (_, part) => void asked.push(part),
      checkChange: () => {},
    });
    for (const part of [1, 1, 1, 2, 2, 1]) encoder.encode([":status", "200"], part);
    assert.deepEqual(asked, [1, 2]);
  });
});

suite("the rules", () => {
  test("are asked before anything happens: a refused list leaves the table alone", () => {
    let refuses = false;
    const encoder = new Encoder(4096, {
      checkList: () => void (refuses && refuse()),
      checkChange: () => void (refuses && refuse()),
    });
    const decoder = new Decoder(4096, MAX_STRING);
    const send = (list: string[]): void => {
      assert.deepEqual(decodeList(decoder, encoder.encode(list).slice()), list);
    };
    for (let i = 0; i < 3; i++) send(request("1m"));
    refuses = true;
    assert.throws(() => encoder.encode(request("2m")), /refused/);
    assert.throws(() => encoder.encode(request("1m", "/new")), /refused/);
    assert.throws(() => encoder.encode(["x-new", "1"]), /refused/);
    refuses = false;
    send(request("1m"));
    send(request("2m", "/new"));
  });

  test("are asked about what changed, and not about what they have seen", () => {
    const changes: number[] = [];
    let lists = 0;
    const encoder = new Encoder(4096, {
      checkList: () => void lists++,
      checkChange: (_, at) => void changes.push(at),
    });
    for (let i = 0; i < 3; i++) encoder.encode(request("1m"));
    assert.deepEqual({ lists, changes }, { lists: 2, changes: [] });
    encoder.encode(request("2m"));
    assert.deepEqual({ lists, changes }, { lists: 2, changes: [14] });
  });
});

suite("RFC 7541 §4.2: size updates", () => {
  test("the next block begins with one after the peer lowered its setting", () => {
    const pair = new Pair();
    pair.send(...request());
    pair.encoder.setMaxTableSize(100);
    pair.decoder.setMaxTableSize(100);
    assert.equal(hex(pair.send(":method", "GET")), "3f4582");
    assert.equal(hex(pair.send(":method", "GET")), "82", "once");
  });

  test("after a lowering and a raising it is the smallest, then the final one", () => {
    const pair = new Pair();
    pair.send(...request());
    for (const size of [2000, 100, 200, 4096]) {
      pair.encoder.setMaxTableSize(size);
      pair.decoder.setMaxTableSize(size);
    }
    assert.equal(hex(pair.send(":method", "GET")), "3f453fe11f82");
    pair.send(...request());
    pair.send(...request());
  });

  test("a setting that is what we use already needs none", () => {
    const pair = new Pair();
    pair.encoder.setMaxTableSize(4096);
    pair.encoder.setMaxTableSize(65_536);
    assert.equal(hex(pair.send(":method", "GET")), "82");
  });

  test("we use no more than our own cap, and say so at the beginning", () => {
    const pair = new Pair(64);
    assert.equal(hex(pair.send(":method", "GET")), "3f2182");
    pair.encoder.setMaxTableSize(1_000_000);
    assert.equal(hex(pair.send(":method", "GET")), "82");
  });

  test("a cap above 4,096 is used when the peer offers as much", () => {
    const pair = new Pair(8192);
    assert.equal(hex(pair.send(":method", "GET")), "82");
    pair.encoder.setMaxTableSize(1_000_000);
    pair.decoder.setMaxTableSize(1_000_000);
    assert.equal(hex(pair.send(":method", "GET")), "3fe13f82");
  });

  test("a pre-encoded block has it before its octets", () => {
    const pair = new Pair();
    const block = new HeaderBlock(octets("88"), 42, 0, false);
    assert.equal(pair.encoder.encode(block), block.bytes, "as it is where none is due");
    pair.encoder.setMaxTableSize(0);
    assert.equal(hex(pair.encoder.encode(block)), "2088");
    assert.equal(pair.encoder.encode(block), block.bytes);
  });

  test("a list that was recognised before isn't taken for the whole block while one is due", () => {
    const pair = new Pair();
    for (let i = 0; i < 3; i++) pair.send(":status", "200");
    pair.encoder.setMaxTableSize(100);
    pair.encoder.setMaxTableSize(4096);
    pair.decoder.setMaxTableSize(100);
    pair.decoder.setMaxTableSize(4096);
    assert.equal(hex(pair.send(":status", "200")), "3f453fe11f88");
    assert.equal(hex(pair.send(":status", "200")), "88");
  });
});

test("a block pre-encoded for another part of a message is refused", () => {
  const encoder = new Encoder(4096);
  assert.throws(() => encoder.encode(new HeaderBlock(octets("88"), 42, 2, false), 3), {
    name: "UsageError",
    reason: "header_block_misplaced",
  });
});

test("a block larger than any buffer arrives, and so does the next", () => {
  const pair = new Pair();
  const large = "é".repeat(60_000);
  pair.send("x-large", large, "x-more", large);
  pair.send("x-small", "1");
});

test("any lists, with any settings between them, arrive", () => {
  const random = seeded(77);
  const pair = new Pair();
  const names = [":path", "content-type", "x-a", "x-b", "authorization", "grpc-timeout", "k-bin"];
  const text = (): string =>
    String.fromCharCode(
      ...Array.from({ length: Math.floor(random() * 60) }, () => 32 + Math.floor(random() * 224)),
    );
  const values = Array.from({ length: 40 }, text);
  for (let i = 0; i < 10_000; i++) {
    if (random() < 0.02) {
      const size = Math.floor(random() * 5000);
      pair.encoder.setMaxTableSize(size);
      pair.decoder.setMaxTableSize(size);
    }
    const list = Array.from({ length: Math.floor(random() * 8) }, () => [
      names[Math.floor(random() * names.length)] ?? "",
      random() < 0.8 ? (values[Math.floor(random() * values.length)] ?? "") : text(),
    ]).flat();
    pair.send(...list);
  }
});
