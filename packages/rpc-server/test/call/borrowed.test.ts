import assert from "node:assert/strict";
import test from "node:test";
import { create, createFileRegistry, toBinary } from "@bufbuild/protobuf";
import type { DescService, Message } from "@bufbuild/protobuf";
import {
  BytesValueSchema,
  file_google_protobuf_wrappers as wrappers,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import type { BytesValue } from "@bufbuild/protobuf/wkt";
import { prefixMessage } from "@privet/grpc-wire";
import { encoded, paths, routes } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";

/** A service whose messages are octets. */
function bytesService(): DescService {
  const type = ".google.protobuf.BytesValue";
  const file = create(FileDescriptorProtoSchema, {
    name: "octets.proto",
    package: "test",
    syntax: "proto3",
    dependency: ["google/protobuf/wrappers.proto"],
    service: [
      {
        name: "Octets",
        method: [
          { name: "Unary", inputType: type, outputType: type },
          { name: "Upload", inputType: type, outputType: type, clientStreaming: true },
        ],
      },
    ],
  });
  const registry = createFileRegistry(file, () => wrappers);
  const service = registry.getService("test.Octets");
  assert.ok(service);
  return service;
}

const octets = (size: number, value: number): Uint8Array =>
  prefixMessage(
    toBinary(
      BytesValueSchema,
      create(BytesValueSchema, { value: new Uint8Array(size).fill(value) }),
    ),
    0,
  );

function withUnknownField(value: number): Uint8Array {
  return prefixMessage(Uint8Array.of(...encoded("Anna"), 0x7a, 3, value, value, value), 0);
}

const sizes = [0, 1, 40, 60, 500, 2000, 20_000];

test("octets in messages stay as they were when more arrives", async () => {
  const kept: Uint8Array[] = [];
  const service = bytesService();
  const pair = new Pair({
    routes: (router) => {
      router.service(service, {
        unary(request: BytesValue) {
          kept.push(request.value);
          return {};
        },
        async upload(requests: AsyncIterable<BytesValue>) {
          for await (const { value } of requests) kept.push(value);
          return {};
        },
      } as never);
    },
  });
  for (const [i, size] of sizes.entries()) {
    const call = await pair.open("/test.Octets/Unary").send(octets(size, i)).end().ended;
    assert.equal(call.status, "0");
  }
  const upload = pair.open("/test.Octets/Upload");
  for (const [i, size] of sizes.entries()) upload.send(octets(size, i));
  await upload.end().ended;
  assert.equal(upload.status, "0");
  assert.deepEqual(
    kept.map((value) => [value.length, new Set(value)]),
    [...sizes, ...sizes].map((size, at) => [size, new Set(size === 0 ? [] : [at % sizes.length])]),
  );
});

test("fields that we don't know stay as they were too", async () => {
  const kept: Message[] = [];
  const pair = new Pair({
    routes: routes({
      sayHello(request) {
        kept.push(request);
        return {};
      },
    }),
  });
  for (let i = 0; i < 20; i++) await pair.open(paths.unary).send(withUnknownField(i)).end().ended;
  assert.deepEqual(
    kept.map((message) => Array.from(message.$unknown?.[0]?.data ?? [])),
    Array.from({ length: 20 }, (_, i) => [3, i, i, i]),
  );
});
