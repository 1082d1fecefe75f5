import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  SayHelloRequestSchema,
  SayHelloResponseSchema,
} from "@privet/contracts/greeter/v1/greeter_pb.js";
import { serve } from "../testkit/serving.ts";

// What a browser has: fetch(), and gRPC-Web on it.

const PREFIX_BYTES = 5;
const TRAILERS_FLAG = 0x80;

/** The frames of a body of gRPC-Web: its flags and what is in it. */
function framesOf(body: Buffer): { readonly flags: number; readonly data: Buffer }[] {
  const frames = [];
  for (let at = 0; at < body.length;) {
    const end = at + PREFIX_BYTES + body.readUInt32BE(at + 1);
    frames.push({ flags: body[at] ?? 0, data: body.subarray(at + PREFIX_BYTES, end) });
    at = end;
  }
  return frames;
}

async function sayHello(port: number): Promise<Buffer> {
  const message = toBinary(SayHelloRequestSchema, create(SayHelloRequestSchema, { name: "Ada" }));
  const body = Buffer.alloc(PREFIX_BYTES + message.length);
  body.writeUInt32BE(message.length, 1);
  body.set(message, PREFIX_BYTES);
  const response = await fetch(`http://127.0.0.1:${port}/greeter.v1.GreeterService/SayHello`, {
    method: "POST",
    headers: { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" },
    body,
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/grpc-web+proto");
  return Buffer.from(await response.arrayBuffer());
}

test("fetch gets a message of gRPC-Web and the trailers behind it", async () => {
  await using serving = await serve();
  const [message, trailers, ...rest] = framesOf(await sayHello(serving.port));
  assert.equal(message?.flags, 0);
  const { greeting } = fromBinary(SayHelloResponseSchema, message?.data ?? Buffer.alloc(0));
  assert.equal(greeting, "hello Ada");
  assert.equal(trailers?.flags, TRAILERS_FLAG);
  assert.match(trailers?.data.toString("latin1") ?? "", /^grpc-status: ?0\r$/m);
  assert.deepEqual(rest, []);
});

test("fetch gets an error of gRPC-Web in the trailers alone", async () => {
  await using serving = await serve({
    greeter: {
      sayHello: () => {
        throw new ConnectError("not to Ada", Code.PermissionDenied);
      },
    },
  });
  const [trailers, ...rest] = framesOf(await sayHello(serving.port));
  assert.equal(trailers?.flags, TRAILERS_FLAG);
  assert.match(trailers?.data.toString("latin1") ?? "", /^grpc-status: ?7\r$/m);
  assert.deepEqual(rest, []);
});
