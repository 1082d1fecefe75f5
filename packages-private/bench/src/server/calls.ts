import { create, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { gzipSync } from "node:zlib";
import { repeatedBlocks } from "../load/wire.ts";
import type { LoadField, RepeatedBlock } from "../load/wire.ts";
import {
  ChunkSchema,
  DownloadRequestSchema,
  SayHelloRequestSchema,
} from "./gen/bench/v1/bench_pb.ts";

/** A call, ready to be sent over and over. */
export interface BenchCall {
  readonly path: string;
  readonly fields: readonly LoadField[];
  readonly body: Uint8Array;
}

/** In front of each message of gRPC: is it compressed, and how long is it? */
export const PREFIX_BYTES = 5;

const CONTENT_TYPE_INDEX = 31;

export function prefixed(message: Uint8Array, compressed = 0): Buffer {
  const out = Buffer.alloc(PREFIX_BYTES + message.length);
  out[0] = compressed;
  out.writeUInt32BE(message.length, 1);
  out.set(message, PREFIX_BYTES);
  return out;
}

function encode<Schema extends DescMessage>(
  schema: Schema,
  init: MessageInitShape<Schema>,
): Uint8Array {
  return toBinary(schema, create(schema, init));
}

function grpc(method: string, body: Uint8Array, more: readonly LoadField[] = []): BenchCall {
  return {
    path: `/bench.v1.BenchService/${method}`,
    fields: [contentType("application/grpc"), { name: "te", value: "trailers" }, ...more],
    body,
  };
}

function contentType(value: string): LoadField {
  return { name: "content-type", value, nameIndex: CONTENT_TYPE_INDEX };
}

const greeting = { name: "Ada" };

export const sayHello: BenchCall = grpc(
  "SayHello",
  prefixed(encode(SayHelloRequestSchema, greeting)),
);

export const sayHelloWeb: BenchCall = {
  ...sayHello,
  fields: [contentType("application/grpc-web+proto")],
};

export const sayHelloJson: BenchCall = {
  ...sayHello,
  fields: [contentType("application/json"), { name: "connect-protocol-version", value: "1" }],
  body: Buffer.from(JSON.stringify(greeting)),
};

/** Data that isn't all alike, of `size` octets. */
function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31) & 0xff);
}

export function echoChunk(size: number): BenchCall {
  return grpc("EchoChunk", prefixed(encode(ChunkSchema, { data: pattern(size) })));
}

/** Text that gzip makes small, both ways. */
export function echoGzip(size: number): BenchCall {
  const words = "the quick brown fox jumps over the lazy dog ";
  const data = Buffer.alloc(size, words);
  const compressed = gzipSync(encode(ChunkSchema, { data }));
  return grpc("EchoChunk", prefixed(compressed, 1), [
    { name: "grpc-encoding", value: "gzip" },
    { name: "grpc-accept-encoding", value: "gzip" },
  ]);
}

export function download(count: number, size: number): BenchCall {
  return grpc("Download", prefixed(encode(DownloadRequestSchema, { count, size })));
}

export function upload(count: number, size: number): BenchCall {
  return grpc("Upload", Buffer.concat(Array<Buffer>(count).fill(chunkOf(size))));
}

/** One message of PingPong. */
export function chunkOf(size: number): Buffer {
  return prefixed(encode(ChunkSchema, { data: pattern(size) }));
}

/** The head of a call that sends its messages one by one. */
export const pingPongCall: BenchCall = grpc("PingPong", new Uint8Array(0));

/** The header block of a call's request, as HPACK repeats it on a connection. */
export function requestBlock({ path, fields, body }: BenchCall): RepeatedBlock {
  const [block] = repeatedBlocks([
    [
      { name: ":method", value: "POST", exact: 3 },
      { name: ":scheme", value: "http", exact: 6 },
      { name: ":path", value: path, nameIndex: 4 },
      { name: ":authority", value: "bench.test", nameIndex: 1 },
      ...fields,
      { name: "user-agent", value: "privet-bench", nameIndex: 58 },
      ...(body.length > 0
        ? [{ name: "content-length", value: String(body.length), nameIndex: 28 }]
        : []),
    ],
  ]);
  if (block === undefined) throw new Error("no block");
  return block;
}
