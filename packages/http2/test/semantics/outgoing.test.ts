import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Decoder } from "../../src/hpack/decoder.ts";
import { Encoder } from "../../src/hpack/encoder.ts";
import type { HeaderList } from "../../src/hpack/field.ts";
import { MessagePart } from "../../src/semantics/message-part.ts";
import { checkOutgoing, outgoingRules, partOf } from "../../src/semantics/outgoing.ts";
import { preencode } from "../../src/semantics/preencode.ts";
import { decodeFields, decodeList } from "../hpack/fields.ts";

const request = [":method", "POST", ":scheme", "http", ":path", "/a", ":authority", "x"];
const response = [":status", "200"];

/** Lists that can't be sent: why, and what the message must say. */
const refused: readonly (readonly [
  what: string,
  list: HeaderList,
  part: MessagePart,
  reason: string,
  says: RegExp,
])[] = [
  ["an odd list", ["a"], MessagePart.TRAILERS, "odd_header_list", /no value/],
  ["an empty name", ["", "1"], MessagePart.TRAILERS, "field_name_empty", /needs a name/],
  [
    "an upper-case name",
    ["X-A", "1"],
    MessagePart.TRAILERS,
    "field_name_invalid",
    /"X-A".*lower case/,
  ],
  ["a name that isn't latin1", ["ключ", "1"], MessagePart.TRAILERS, "field_name_invalid", /"ключ"/],
  [
    "a value with a line feed",
    ["a", "1\n2"],
    MessagePart.TRAILERS,
    "field_value_invalid",
    /control characters/,
  ],
  [
    "a value that isn't latin1",
    ["a", "привет"],
    MessagePart.TRAILERS,
    "field_value_invalid",
    /encode/,
  ],
  [
    "a value with a space at its end",
    ["a", "1 "],
    MessagePart.TRAILERS,
    "field_value_padded",
    /trim/,
  ],
  [
    "connection",
    [...response, "connection", "close"],
    MessagePart.RESPONSE,
    "connection_specific_field",
    /leave it out/,
  ],
  ["te: gzip", [...request, "te", "gzip"], MessagePart.REQUEST, "te_not_trailers", /trailers/],
  [
    "a length of letters",
    [...response, "content-length", "a"],
    MessagePart.RESPONSE,
    "content_length_invalid",
    /digits/,
  ],
  [
    "two lengths",
    [...response, "content-length", "1", "content-length", "1"],
    MessagePart.RESPONSE,
    "repeated_field",
    /content-length occurs twice/,
  ],
  [
    "two hosts",
    [...request, "host", "a", "host", "b"],
    MessagePart.REQUEST,
    "repeated_field",
    /host occurs twice/,
  ],
  [
    "two paths",
    [...request, ":path", "/b"],
    MessagePart.REQUEST,
    "repeated_field",
    /:path occurs twice/,
  ],
  [
    "an unknown pseudo-header",
    [":protocol", "x", ...request],
    MessagePart.REQUEST,
    "unknown_pseudo_header",
    /colon/,
  ],
  [
    "a late pseudo-header",
    [...request.slice(2), "a", "1", ":method", "GET"],
    MessagePart.REQUEST,
    "pseudo_header_after_regular",
    /come first/,
  ],
  [
    "a request without a method",
    request.slice(2),
    MessagePart.REQUEST,
    "pseudo_header_missing",
    /:method/,
  ],
  [
    "a request without a scheme",
    request.toSpliced(2, 2),
    MessagePart.REQUEST,
    "pseudo_header_missing",
    /:scheme/,
  ],
  [
    "a request without a path",
    request.toSpliced(4, 2),
    MessagePart.REQUEST,
    "pseudo_header_missing",
    /:path/,
  ],
  [
    "a request with a status",
    [...request, ...response],
    MessagePart.REQUEST,
    "pseudo_header_misplaced",
    /:status/,
  ],
  [
    "a response without a status",
    ["a", "1"],
    MessagePart.RESPONSE,
    "pseudo_header_missing",
    /:status/,
  ],
  [
    "a response with a path",
    [...response, ":path", "/"],
    MessagePart.RESPONSE,
    "pseudo_header_misplaced",
    /:path/,
  ],
  ["trailers with a status", response, MessagePart.TRAILERS, "pseudo_header_misplaced", /:status/],
  ["an empty method", request.with(1, ""), MessagePart.REQUEST, "method_invalid", /token/],
  [
    "a scheme with a slash",
    request.with(3, "http/"),
    MessagePart.REQUEST,
    "scheme_invalid",
    /scheme/,
  ],
  [
    "an authority with userinfo",
    request.with(7, "a@b"),
    MessagePart.REQUEST,
    "authority_invalid",
    /userinfo/,
  ],
  ["a path without a slash", request.with(5, "a"), MessagePart.REQUEST, "path_invalid", /slash/],
  ["a path with a space", request.with(5, "/a b"), MessagePart.REQUEST, "path_invalid", /spaces/],
  ["an asterisk for POST", request.with(5, "*"), MessagePart.REQUEST, "path_invalid", /slash/],
  [
    "a status of two digits",
    [":status", "20"],
    MessagePart.RESPONSE,
    "status_invalid",
    /three digits/,
  ],
  [
    "CONNECT with a path",
    request.with(1, "CONNECT"),
    MessagePart.REQUEST,
    "pseudo_header_misplaced",
    /:scheme|:path/,
  ],
  [
    "CONNECT without an authority",
    [":method", "CONNECT"],
    MessagePart.REQUEST,
    "pseudo_header_missing",
    /:authority/,
  ],
];

/** Lists that can. */
const sent: readonly (readonly [what: string, list: HeaderList, part: MessagePart])[] = [
  ["a request", request, MessagePart.REQUEST],
  ["a request without an authority", request.slice(0, 6), MessagePart.REQUEST],
  ["OPTIONS *", request.with(1, "OPTIONS").with(5, "*"), MessagePart.REQUEST],
  ["CONNECT", [":method", "CONNECT", ":authority", "x:1"], MessagePart.REQUEST],
  ["a response", [...response, "a", "", "a", "2"], MessagePart.RESPONSE],
  ["trailers", ["grpc-status", "0"], MessagePart.TRAILERS],
  ["empty trailers", [], MessagePart.TRAILERS],
  ["te: trailers", [...request, "te", "trailers"], MessagePart.REQUEST],
  ["two cookies", [...request, "cookie", "a", "cookie", "b"], MessagePart.REQUEST],
];

suite("what can't be sent is a UsageError that says why", () => {
  for (const [what, list, part, reason, says] of refused) {
    test(what, () => {
      const expected = { name: "UsageError", reason, message: says };
      assert.throws(() => checkOutgoing(list, part), expected);
      assert.throws(() => new Encoder(4096, outgoingRules).encode(list, part), expected);
      // By itself, a list says which part it could be.
      assert.equal(
        throws(() => preencode(list)),
        throws(() => checkOutgoing(list)),
      );
    });
  }
});

function throws(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}

suite("what can be sent arrives", () => {
  for (const [what, list, part] of sent) {
    test(what, () => {
      checkOutgoing(list, part);
      const encoder = new Encoder(4096, outgoingRules);
      const decoder = new Decoder(4096, 4096);
      for (let i = 0; i < 3; i++)
        assert.deepEqual(decodeList(decoder, encoder.encode(list, part)), list);
    });
  }
});

test("a value is never told in the message: it can be a secret", () => {
  const list = ["authorization", "Bearer s3cr3t\n"];
  assert.throws(
    () => checkOutgoing(list),
    (error: Error) => !error.message.includes("s3cr3t"),
  );
});

test("what isn't text is refused by name", () => {
  for (const list of [
    ["a", 1],
    [1, "a"],
    ["a", null],
    ["a", undefined],
    [{}, "a"],
  ]) {
    assert.throws(() => checkOutgoing(list as unknown as string[]), { reason: "field_not_text" });
  }
});

suite("a list like one that was sent before", () => {
  const changes: readonly (readonly [what: string, at: number, value: string, reason: string])[] = [
    ["a method that forbids the path", 1, "CONNECT", "pseudo_header_misplaced"],
    ["a method that isn't one", 1, "G T", "method_invalid"],
    ["a path without a slash", 5, "a", "path_invalid"],
    ["an asterisk", 5, "*", "path_invalid"],
    ["an authority that isn't one", 7, "a b", "authority_invalid"],
    ["a value with a line feed", 9, "1\n", "field_value_invalid"],
    ["a timeout that isn't latin1", 11, "1м", "field_value_invalid"],
  ];
  const list = [...request, "a", "1", "grpc-timeout", "1m"];
  for (const [what, at, value, reason] of changes) {
    test(`is refused with ${what}, and sent without it`, () => {
      const encoder = new Encoder(4096, outgoingRules);
      const decoder = new Decoder(4096, 4096);
      const send = (): void =>
        assert.deepEqual(decodeList(decoder, encoder.encode(list, MessagePart.REQUEST)), list);
      for (let i = 0; i < 4; i++) send();
      assert.throws(() => encoder.encode(list.with(at, value), MessagePart.REQUEST), { reason });
      send();
    });
  }

  test("is sent with an asterisk where the method is OPTIONS", () => {
    const encoder = new Encoder(4096, outgoingRules);
    const decoder = new Decoder(4096, 4096);
    const options = list.with(1, "OPTIONS");
    for (const path of ["/a", "/a", "/a", "*", "/a", "*"]) {
      const block = encoder.encode(options.with(5, path), MessagePart.REQUEST);
      assert.deepEqual(decodeList(decoder, block), options.with(5, path));
    }
  });

  test("is refused as another part of a message", () => {
    const encoder = new Encoder(4096, outgoingRules);
    for (let i = 0; i < 3; i++) encoder.encode(response, MessagePart.RESPONSE);
    assert.throws(() => encoder.encode(response, MessagePart.TRAILERS), {
      reason: "pseudo_header_misplaced",
    });
  });
});

test("which part of a message a list is, its first field tells", () => {
  assert.equal(partOf(request), MessagePart.REQUEST);
  assert.equal(partOf(response), MessagePart.RESPONSE);
  assert.equal(partOf(["grpc-status", "0"]), MessagePart.TRAILERS);
  assert.equal(partOf([]), MessagePart.TRAILERS);
});

suite("a pre-encoded block", () => {
  const list = [
    ...response,
    "content-type",
    "application/grpc",
    "authorization",
    "secret",
    "x-a",
    "1",
  ];

  test("is the same fields to every decoder, at any time, and leaves its table alone", () => {
    const block = preencode(list);
    const decoder = new Decoder(0, 4096);
    for (let i = 0; i < 3; i++) assert.deepEqual(decodeList(decoder, block.bytes), list);
    assert.deepEqual(decodeList(new Decoder(4096, 4096), block.bytes), list);
    assert.equal(decoder.generation, new Decoder(0, 4096).generation);
  });

  test("knows its size and its part", () => {
    const block = preencode(list);
    assert.equal(block.listSize, list.join("").length + 32 * 4);
    assert.equal(block.part, MessagePart.RESPONSE);
    assert.equal(preencode(["grpc-status", "0"]).part, MessagePart.TRAILERS);
    assert.equal(preencode([]).bytes.length, 0);
  });

  test("marks secrets as never to be indexed", () => {
    const fields = decodeFields(new Decoder(4096, 4096), preencode(list).bytes);
    assert.deepEqual(
      fields.map(({ sensitive }) => sensitive),
      [false, false, true, false],
    );
  });

  test("takes the octets of what the static table has", () => {
    assert.deepEqual([...preencode(response).bytes], [0x88]);
  });
});
