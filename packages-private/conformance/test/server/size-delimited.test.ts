import { create } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { readSizeDelimited, sizeDelimited } from "../../src/server/size-delimited.ts";

const message = create(StringValueSchema, { value: "as the runner writes it" });
const bytes = sizeDelimited(StringValueSchema, message);

test("a message in front of an input that stays open is read, however it is cut", async () => {
  const input = new PassThrough();
  const read = readSizeDelimited(StringValueSchema, input);
  for (const byte of bytes) input.write(Buffer.of(byte));
  assert.deepEqual(await read, message);
  assert.equal(input.destroyed, false);
});

test("an input that ends within the message is an error", async () => {
  const input = new PassThrough();
  input.end(bytes.subarray(0, -1));
  await assert.rejects(readSizeDelimited(StringValueSchema, input), /ended within/);
});
