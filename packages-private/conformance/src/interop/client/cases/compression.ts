import assert from "node:assert/strict";
import { Code, createContextValues } from "@connectrpc/connect";
import type { CallOptions } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { compressionGzip } from "@privet/grpc-wire";
import { requestCompression } from "@privet/rpc-channel";
import type { RequestCompression } from "@privet/rpc-channel";
import type { Case } from "../case.ts";
import { failureOf } from "../case.ts";
import type { InputRequest, TestClient } from "../test-client.ts";
import { sizesOf, stream, testClient, zeroes } from "../test-client.ts";
import { callLarge } from "./unary.ts";

const yes = { value: true };
const no = { value: false };

/** gzip that counts the messages which came compressed. */
class CountedGzip implements Compression {
  readonly name = compressionGzip.name;
  decompressed = 0;

  compress(...args: Parameters<Compression["compress"]>): ReturnType<Compression["compress"]> {
    return compressionGzip.compress(...args);
  }

  decompress(
    ...args: Parameters<Compression["decompress"]>
  ): ReturnType<Compression["decompress"]> {
    this.decompressed++;
    return compressionGzip.decompress(...args);
  }
}

function choosing(compression: RequestCompression): CallOptions {
  return { contextValues: createContextValues().set(requestCompression, compression) };
}

/** Runs a case over a channel that can compress what it sends. */
function compressing(run: (client: TestClient) => Promise<void>): Case {
  return async (_, { open, registry }) => {
    await using channel = open({ sendCompression: compressionGzip });
    await run(testClient(registry, channel));
  };
}

async function unary(client: TestClient): Promise<void> {
  await callLarge(client, { expectCompressed: yes }, choosing({ send: true }));
  await callLarge(client, { expectCompressed: no }, choosing({ send: false }));
}

async function streaming(client: TestClient): Promise<void> {
  const compression: RequestCompression = { send: true };
  async function* requests(): AsyncGenerator<InputRequest, void> {
    yield { expectCompressed: yes, payload: zeroes(27_182) };
    compression.send = false;
    yield { expectCompressed: no, payload: zeroes(45_904) };
  }
  const { aggregatedPayloadSize } = await client.streamingInputCall(
    requests(),
    choosing(compression),
  );
  assert.equal(aggregatedPayloadSize, 73_086);
}

export const compressionCases: Readonly<Record<string, Case>> = {
  client_compressed_unary: compressing(async (client) => {
    const probe = callLarge(client, { expectCompressed: yes }, choosing({ send: false }));
    await failureOf(probe, Code.InvalidArgument);
    await unary(client);
  }),

  client_compressed_unary_noprobe: compressing(unary),

  client_compressed_streaming: compressing(async (client) => {
    const requests = stream({ expectCompressed: yes, payload: zeroes(27_182) });
    const probe = client.streamingInputCall(requests, choosing({ send: false }));
    await failureOf(probe, Code.InvalidArgument);
    await streaming(client);
  }),

  client_compressed_streaming_noprobe: compressing(streaming),

  async server_compressed_unary(_, { open, registry }) {
    const gzip = new CountedGzip();
    await using channel = open({ acceptCompression: [gzip] });
    const client = testClient(registry, channel);
    await callLarge(client, { responseCompressed: yes });
    assert.equal(gzip.decompressed, 1);
    await callLarge(client, { responseCompressed: no });
    assert.equal(gzip.decompressed, 1);
  },

  async server_compressed_streaming(_, { open, registry }) {
    const gzip = new CountedGzip();
    await using channel = open({ acceptCompression: [gzip] });
    const call = testClient(registry, channel).streamingOutputCall({
      responseParameters: [
        { compressed: yes, size: 31_415 },
        { compressed: no, size: 92_653 },
      ],
    });
    assert.deepEqual(await sizesOf(call), [31_415, 92_653]);
    assert.equal(gzip.decompressed, 1);
  },
};
