import assert from "node:assert/strict";
import test from "node:test";
import {
  brotliDecompressSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";
import { compressedFlag, prefixMessage } from "@privet/grpc-wire";
import { messageCompressionKey } from "../../src/context/message-compression.ts";
import { encoded, friendly, named, paths, routes } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";

const long = "x".repeat(2000);
const gzipped = (name: string): Uint8Array =>
  prefixMessage(new Uint8Array(gzipSync(encoded(name))), compressedFlag);

for (const [name, decompress] of [
  ["gzip", gunzipSync],
  ["br", brotliDecompressSync],
  ["deflate", inflateSync],
  ["zstd", zstdDecompressSync],
] as const) {
  test(`a long response is compressed with ${name} for a client that accepts it`, async () => {
    const pair = new Pair({ routes: routes(friendly) });
    const call = await pair
      .open(paths.unary, ["grpc-accept-encoding", `identity, lz4, ${name}`])
      .send(named(long))
      .end().ended;
    assert.equal(call.field("grpc-encoding"), name);
    assert.equal(call.field("grpc-accept-encoding"), "gzip,br,deflate,zstd");
    const [frame] = call.frames;
    assert.equal(frame?.flags, compressedFlag);
    assert.match(decompress(frame?.bytes ?? new Uint8Array()).toString(), /Hello, x+!/);
  });
}

test("a short response isn't compressed, but its head names the encoding", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const call = await pair
    .open(paths.unary, ["grpc-accept-encoding", "gzip"])
    .send(named("Anna"))
    .end().ended;
  assert.equal(call.field("grpc-encoding"), "gzip");
  assert.equal(call.frames[0]?.flags, 0);
});

test("a compressed request is read, and answered in kind where the client names nothing else", async () => {
  for (const path of Object.values(paths)) {
    const pair = new Pair({ routes: routes(friendly), compressMinBytes: 1 });
    const call = await pair.open(path, ["grpc-encoding", "gzip"]).send(gzipped("Anna")).end().ended;
    assert.equal(call.status, "0", path);
    assert.equal(call.field("grpc-encoding"), "gzip");
    const [frame] = call.frames;
    assert.equal(frame?.flags, compressedFlag);
    assert.match(gunzipSync(frame?.bytes ?? new Uint8Array()).toString(), /Hello, Anna!/);
  }
});

test("messages keep their order, compressed or not", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const call = pair.open(paths.client, ["grpc-encoding", "gzip"]);
  for (const name of ["a", "b", "c", "d"]) call.send(gzipped(name)).send(named(name.toUpperCase()));
  await call.end().ended;
  assert.match(Buffer.from(call.body).toString(), /Hello, a, A, b, B, c, C, d, D!/);
});

test("an encoding that we don't have is UNIMPLEMENTED, and the client is told ours", async () => {
  for (const path of Object.values(paths)) {
    let called = false;
    const note = (): never => {
      called = true;
      throw new Error("called");
    };
    const pair = new Pair({
      routes: routes({
        sayHello: note,
        sayHelloInLanguages: note,
        sayHelloToAll: note,
        sayHelloToEach: note,
      }),
    });
    const call = await pair.open(path, ["grpc-encoding", "lz4"]).send(gzipped("Anna")).ended;
    assert.equal(call.status, "12");
    assert.equal(
      call.message,
      'unknown compression "lz4": supported encodings are gzip,br,deflate,zstd',
    );
    assert.equal(call.field("grpc-accept-encoding"), "gzip,br,deflate,zstd");
    assert.equal(called, false);
  }
});

test("a bomb stops at readMaxBytes", async () => {
  const bomb = prefixMessage(new Uint8Array(gzipSync(new Uint8Array(50_000_000))), compressedFlag);
  for (const path of Object.values(paths)) {
    const pair = new Pair({ routes: routes(friendly) });
    const call = await pair.open(path, ["grpc-encoding", "gzip"]).send(bomb).end().ended;
    assert.equal(call.status, "8");
    assert.match(call.message, /larger than configured readMaxBytes 4194304/);
  }
});

test("what isn't compressed as it says is INVALID_ARGUMENT", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const call = await pair
    .open(paths.unary, ["grpc-encoding", "gzip"])
    .send(prefixMessage(encoded("Anna"), compressedFlag))
    .end().ended;
  assert.equal(call.status, "3");
});

test("an implementation can tell whether the message came compressed", async () => {
  const received: boolean[] = [];
  const pair = new Pair({
    routes: routes({
      sayHello(_request, { values }) {
        received.push(values.get(messageCompressionKey).received);
        return {};
      },
      async sayHelloToAll(requests, { values }) {
        for await (const _ of requests) received.push(values.get(messageCompressionKey).received);
        return {};
      },
    }),
  });
  const gzip = ["grpc-encoding", "gzip"];
  await pair.open(paths.unary, gzip).send(gzipped("Anna")).end().ended;
  await pair.open(paths.unary, gzip).send(named("Anna")).end().ended;
  assert.deepEqual(received.splice(0), [true, false]);
  await pair.open(paths.client, gzip).send(named("a")).send(gzipped("b")).send(named("c")).end()
    .ended;
  assert.deepEqual(received, [false, true, false]);
});

test("an implementation can turn compression on and off, message by message", async () => {
  const pair = new Pair({
    routes: routes({
      async *sayHelloInLanguages(_request, { values }) {
        const compression = values.get(messageCompressionKey);
        yield { greeting: "short" };
        compression.send = true;
        yield { greeting: "short" };
        compression.send = false;
        yield { greeting: long };
        compression.send = undefined;
        yield { greeting: long };
      },
    }),
  });
  const call = await pair
    .open(paths.server, ["grpc-accept-encoding", "gzip"])
    .send(named("Anna"))
    .end().ended;
  assert.deepEqual(
    call.frames.map(({ flags }) => flags),
    [0, compressedFlag, 0, compressedFlag],
  );
});

test("compression can't be turned on for a client that accepts none", async () => {
  const pair = new Pair({
    routes: routes({
      sayHello(_request, { values }) {
        values.get(messageCompressionKey).send = true;
        return { greeting: long };
      },
    }),
  });
  const call = await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.equal(call.field("grpc-encoding"), undefined);
  assert.equal(call.frames[0]?.flags, 0);
});

test("a server without compressions says so", async () => {
  const pair = new Pair({ routes: routes(friendly), acceptCompression: [] });
  const call = await pair
    .open(paths.unary, ["grpc-accept-encoding", "gzip"])
    .send(named(long))
    .end().ended;
  assert.equal(call.status, "0");
  assert.equal(call.field("grpc-encoding"), undefined);
  assert.equal(call.field("grpc-accept-encoding"), undefined);
});
