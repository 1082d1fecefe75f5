import { create, toBinary } from "@bufbuild/protobuf";
import { createSecureServer, createServer } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import {
  ChunkSchema,
  DownloadRequestSchema,
  SayHelloResponseSchema,
} from "../gen/bench/v1/bench_pb.ts";
import { fromBinary } from "@bufbuild/protobuf";
import { becomeSubject } from "../../harness/subject-process.ts";
import { certificateOfArguments } from "../../harness/certificate.ts";
import { prefixed, PREFIX_BYTES } from "../calls.ts";

// node:http2 with the plainest code that does the work: fixed replies, no
// protocol above HTTP/2, nothing decoded that needn't be.

const RESPONSE = { ":status": 200, "content-type": "application/grpc+proto" };
const TRAILERS = { "grpc-status": "0" };
const GREETING = prefixed(
  toBinary(SayHelloResponseSchema, create(SayHelloResponseSchema, { greeting: "Hello, Ada!" })),
);

function onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  stream.on("error", () => {});
  switch (headers[":path"] ?? "") {
    case "/bench.v1.BenchService/SayHello":
      stream.resume();
      stream.on("end", () => begin(stream).end(GREETING));
      return;
    case "/bench.v1.BenchService/EchoChunk":
      collect(stream, (body) => begin(stream).end(body));
      return;
    case "/bench.v1.BenchService/PingPong":
      stream.pipe(begin(stream));
      return;
    case "/bench.v1.BenchService/Download":
      collect(stream, (body) => download(begin(stream), body));
      return;
    default:
      stream.respond({ ":status": 404 }, { endStream: true });
  }
}

function begin(stream: ServerHttp2Stream): ServerHttp2Stream {
  stream.respond(RESPONSE, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(TRAILERS));
  return stream;
}

function collect(stream: ServerHttp2Stream, done: (body: Buffer) => void): void {
  const parts: Buffer[] = [];
  stream.on("data", (part: Buffer) => parts.push(part));
  stream.on("end", () => done(Buffer.concat(parts)));
}

function download(stream: ServerHttp2Stream, body: Buffer): void {
  const { count, size } = fromBinary(DownloadRequestSchema, body.subarray(PREFIX_BYTES));
  const chunk = prefixed(
    toBinary(ChunkSchema, create(ChunkSchema, { data: Buffer.alloc(size, "a") })),
  );
  let sent = 0;
  const more = (): void => {
    while (sent < count) {
      sent += 1;
      if (!stream.write(chunk)) {
        stream.once("drain", more);
        return;
      }
    }
    stream.end();
  };
  more();
}

async function portOf(server: Server): Promise<number> {
  server.on("stream", onStream);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

becomeSubject({
  plain: await portOf(createServer()),
  tls: await portOf(createSecureServer(certificateOfArguments())),
});
