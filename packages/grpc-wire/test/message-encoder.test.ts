import assert from "node:assert/strict";
import { test } from "node:test";
import { create, createFileRegistry, equals, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, Message } from "@bufbuild/protobuf";
import {
  Edition,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { MessageEncoder, prefixMessage } from "@privet/grpc-wire";

// The naive twin is `toBinary()` itself.

const large = 4096;

const proto2 = messageOf("proto2", [
  { name: "first", number: 1, type: Type.BYTES, label: Label.OPTIONAL },
  { name: "required", number: 2, type: Type.BYTES, label: Label.REQUIRED },
  {
    name: "by_default",
    number: 3,
    type: Type.BYTES,
    label: Label.OPTIONAL,
    defaultValue: "x".repeat(large),
  },
]);

const proto3 = messageOf("proto3", [
  { name: "implicit", number: 1, type: Type.BYTES, label: Label.OPTIONAL },
  {
    name: "explicit",
    number: 200,
    type: Type.BYTES,
    label: Label.OPTIONAL,
    proto3Optional: true,
    oneofIndex: 1,
  },
  { name: "chosen", number: 3, type: Type.BYTES, label: Label.OPTIONAL, oneofIndex: 0 },
  { name: "repeated", number: 4, type: Type.BYTES, label: Label.REPEATED },
  { name: "text", number: 5, type: Type.STRING, label: Label.OPTIONAL },
]);

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: Type;
  readonly label: Label;
  readonly defaultValue?: string;
  readonly proto3Optional?: boolean;
  readonly oneofIndex?: number;
}

function messageOf(syntax: "proto2" | "proto3", field: Field[]): DescMessage {
  const file = create(FileDescriptorProtoSchema, {
    name: `${syntax}.proto`,
    syntax,
    edition: syntax === "proto2" ? Edition.EDITION_PROTO2 : Edition.EDITION_PROTO3,
    messageType: [
      {
        name: syntax,
        field,
        ...(syntax === "proto3" && { oneofDecl: [{ name: "choice" }, { name: "_explicit" }] }),
      },
    ],
  });
  const message = createFileRegistry(file, () => undefined).getMessage(syntax);
  assert.ok(message);
  return message;
}

function octets(size: number): Uint8Array {
  return new Uint8Array(size).map((_, i) => (i * 31) & 0xff);
}

function assertReadsAsBefore(schema: DescMessage, message: Message): void {
  const encoder = new MessageEncoder(schema);
  const encoded = encoder.encode(message);
  assert.deepEqual(Buffer.from(encoder.frame(message)), Buffer.from(prefixMessage(encoded, 0)));
  assert.equal(encoded.length, toBinary(schema, message).length);
  assert.ok(equals(schema, fromBinary(schema, encoded), message));
}

const sizes = [0, 1, 127, 128, large - 1, large, large + 1, 16_384, 70_000, 3_000_000];

for (const name of ["implicit", "explicit"]) {
  test(`an ${name} field of octets is read as toBinary() has written it, whatever its size`, () => {
    for (const size of sizes) {
      assertReadsAsBefore(proto3, create(proto3, { [name]: octets(size), text: "Ada" }));
    }
  });
}

test("a message without large fields is what toBinary() makes of it, octet by octet", () => {
  const message = create(proto3, { implicit: octets(large - 1), explicit: octets(9), text: "Ada" });
  assert.deepEqual(
    Buffer.from(new MessageEncoder(proto3).encode(message)),
    Buffer.from(toBinary(proto3, message)),
  );
  assertReadsAsBefore(proto3, message);
});

test("several large fields of one message all arrive", () => {
  const fields = { implicit: octets(large), explicit: octets(2 * large), text: "Ada" };
  assertReadsAsBefore(proto3, create(proto3, fields));
  const choice = { case: "chosen", value: octets(large) };
  const repeated = [octets(large), octets(0), octets(5)];
  assertReadsAsBefore(proto3, create(proto3, { ...fields, choice, repeated }));
});

test("required fields, defaults and unknown fields are kept", () => {
  const message = create(proto2, { first: octets(large), required: octets(large) });
  const data = Uint8Array.of(3, 1, 2, 3);
  message.$unknown = [{ no: 77, wireType: 2, data }];
  assertReadsAsBefore(proto2, message);
  const missing = create(proto2, { first: octets(large) });
  assert.throws(() => new MessageEncoder(proto2).encode(missing), /required field not set/);
});

test("the message isn't changed, and may change afterwards", () => {
  const implicit = octets(large);
  const message = create(proto3, { implicit, text: "Ada" });
  const encoded = new MessageEncoder(proto3).encode(message);
  assert.equal((message as { implicit?: unknown }).implicit, implicit);
  implicit.fill(0);
  const expected = create(proto3, { implicit: octets(large), text: "Ada" });
  assert.ok(equals(proto3, fromBinary(proto3, encoded), expected));
});

test("what is no message of the type, and what is no value of a field, is refused as by toBinary()", () => {
  const encoder = new MessageEncoder(proto3);
  assert.throws(
    () => encoder.encode(create(proto2, { first: octets(large) })),
    /cannot use|proto2/,
  );
  const wrong = create(proto3, { implicit: octets(large) });
  Object.assign(wrong, { repeated: null });
  assert.throws(() => toBinary(proto3, wrong), TypeError);
  assert.throws(() => encoder.encode(wrong), TypeError);
});

test("options of the writer count beside large fields too", () => {
  const message = create(proto3, { implicit: octets(large) });
  message.$unknown = [{ no: 77, wireType: 2, data: Uint8Array.of(1, 1) }];
  const encoded = new MessageEncoder(proto3, { writeUnknownFields: false }).encode(message);
  assert.equal(fromBinary(proto3, encoded).$unknown, undefined);
});
