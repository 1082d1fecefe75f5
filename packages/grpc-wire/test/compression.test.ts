import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { Code, ConnectError } from "@connectrpc/connect";
import { compressionNegotiate } from "@connectrpc/connect/protocol";
import {
  compressionBrotli,
  compressionDeflate,
  compressionGzip,
  compressionZstd,
  negotiateCompression,
} from "@privet/grpc-wire";

const all = [compressionGzip, compressionBrotli, compressionDeflate, compressionZstd];

for (const compression of all) {
  test(`${compression.name} gives back what it was given`, async () => {
    const message = new TextEncoder().encode("привет ".repeat(1_000));
    const compressed = await compression.compress(message);
    assert.ok(compressed.length < message.length / 10);
    const decompressed = await compression.decompress(compressed, message.length);
    assert.deepEqual(new Uint8Array(decompressed), message);
  });

  test(`${compression.name} reads nothing as an empty message`, async () => {
    assert.equal((await compression.decompress(new Uint8Array(0), 10)).length, 0);
  });

  test(`a bomb in ${compression.name} stops at the limit with RESOURCE_EXHAUSTED`, async () => {
    const bomb = await compression.compress(new Uint8Array(50_000_000));
    await assert.rejects(
      compression.decompress(bomb, 1_000),
      (error: ConnectError) =>
        error.code === Code.ResourceExhausted &&
        error.rawMessage ===
          "message is larger than configured readMaxBytes 1000 after decompression",
    );
  });

  test(`what is not ${compression.name} is INVALID_ARGUMENT`, async () => {
    const message = await compression.compress(new TextEncoder().encode("привет ".repeat(50)));
    const garbage = Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef);
    for (const bytes of [garbage, message.subarray(0, message.length >> 1)]) {
      await assert.rejects(
        compression.decompress(bytes, 1_000_000),
        (error: ConnectError) => error.code === Code.InvalidArgument,
      );
    }
  });
}

test("deflate is zlib's format, as gRPC means it", async () => {
  const message = new TextEncoder().encode("привет");
  assert.deepEqual(
    new Uint8Array(inflateSync(await compressionDeflate.compress(message))),
    message,
  );
});

test("the encodings of a call are chosen as Connect chooses them", () => {
  const encodings = [null, "identity", "gzip", "br", "deflate", "snappy", ""];
  const accepted = [null, "", "identity", "gzip", "br,gzip", "snappy, zstd ,gzip", "snappy"];
  for (const encoding of encodings) {
    for (const accept of accepted) {
      const expected = compressionNegotiate(all, encoding, accept, "grpc-accept-encoding");
      const ours = negotiateCompression(all, encoding, accept);
      if (expected.error === undefined) {
        const { request, response } = expected;
        assert.deepEqual(ours, { request, response }, `${encoding} / ${accept}`);
      } else {
        assert.ok(ours instanceof ConnectError);
        assert.equal(ours.message, expected.error.message);
        assert.deepEqual([...ours.metadata], [...expected.error.metadata]);
      }
    }
  }
});
