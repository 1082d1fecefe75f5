import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { requirement } from "@privet/testkit";
import {
  SayHelloRequestSchema,
  SayHelloResponseSchema,
} from "@privet/contracts/greeter/v1/greeter_pb.js";
import { Folder } from "../testkit/folder.ts";
import { serve } from "../testkit/serving.ts";
import { ask } from "./ask.ts";
import { nghttp } from "./programs.ts";

const skip = requirement(nghttp);

const PREFIX_BYTES = 5;

test("nghttp gets a message and the status behind it", { skip }, async () => {
  await using serving = await serve();
  using folder = new Folder();
  const message = toBinary(SayHelloRequestSchema, create(SayHelloRequestSchema, { name: "Ada" }));
  const prefixed = Buffer.alloc(PREFIX_BYTES + message.length);
  prefixed.writeUInt32BE(message.length, 1);
  prefixed.set(message, PREFIX_BYTES);
  writeFileSync(folder.path("request"), prefixed);
  const url = `http://127.0.0.1:${serving.port}/greeter.v1.GreeterService/SayHello`;
  const headers = ["-H", "content-type: application/grpc", "-H", "te: trailers"];

  const { stdout } = await ask("nghttp", [
    "--verbose",
    "--null-out",
    "--no-dep",
    "--data",
    folder.path("request"),
    ...headers,
    url,
  ]);
  assert.match(stdout, /:status: 200/);
  assert.match(stdout, /content-type: application\/grpc/);
  assert.match(stdout, /grpc-status: 0/);
  assert.doesNotMatch(stdout, /send RST_STREAM|recv RST_STREAM|error_code=(?!NO_ERROR)/);

  const output = folder.path("response");
  await ask("sh", [
    "-c",
    'out="$1"; shift; exec nghttp --no-dep "$@" > "$out"',
    "sh",
    output,
    "--data",
    folder.path("request"),
    ...headers,
    url,
  ]);
  const response = readFileSync(output);
  assert.equal(response.readUInt32BE(1), response.length - PREFIX_BYTES);
  const { greeting } = fromBinary(SayHelloResponseSchema, response.subarray(PREFIX_BYTES));
  assert.equal(greeting, "hello Ada");
});
