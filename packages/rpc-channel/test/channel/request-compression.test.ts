import assert from "node:assert/strict";
import test from "node:test";
import { createContextValues } from "@connectrpc/connect";
import type { Interceptor } from "@connectrpc/connect";
import { compressedFlag, compressionGzip } from "@privet/grpc-wire";
import { insecureChannel, requestCompression } from "../../src/index.ts";
import type { ChannelOptions, RequestCompression } from "../../src/index.ts";
import { greeterClient } from "./support/greeter.ts";
import { answer, ScriptedServer } from "./support/scripted-server.ts";

/** The flags of the messages in a request's body. */
function flagsOf(body: Uint8Array): number[] {
  const flags: number[] = [];
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  for (let at = 0; at < body.length; at += 5 + view.getUint32(at + 1)) flags.push(body[at] ?? -1);
  return flags;
}

const long = { name: "x".repeat(2_000) };
const short = { name: "x" };
const passing: Interceptor = (next) => (request) => next(request);

const channels: readonly (readonly [string, ChannelOptions])[] = [
  ["", {}],
  [", behind an interceptor", { interceptors: [passing] }],
];

for (const [title, options] of channels) {
  test(`each message of a stream is compressed as the call wants it${title}`, async () => {
    await using server = await ScriptedServer.start(answer);
    await using channel = insecureChannel(server.target, {
      sendCompression: compressionGzip,
      ...options,
    });
    const compression: RequestCompression = { send: true };
    async function* names(): AsyncGenerator<{ name: string }> {
      yield short;
      compression.send = false;
      yield long;
      compression.send = undefined;
      yield long;
      yield short;
    }
    await greeterClient(channel).sayHelloToAll(names(), {
      contextValues: createContextValues().set(requestCompression, compression),
    });
    const [request] = server.requests;
    assert.equal(request?.headers.get("grpc-encoding"), "gzip");
    assert.deepEqual(flagsOf(request.body), [compressedFlag, 0, compressedFlag, 0]);
  });
}

test("a unary call chooses for its one message", async () => {
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target, { sendCompression: compressionGzip });
  const client = greeterClient(channel);
  for (const [request, send] of [
    [short, true],
    [long, false],
    [long, undefined],
  ] as const) {
    const contextValues = createContextValues().set(requestCompression, { send });
    await client.sayHello(request, { contextValues });
  }
  await client.sayHello(long);
  assert.deepEqual(
    server.requests.map(({ body }) => flagsOf(body)),
    [[compressedFlag], [0], [compressedFlag], [compressedFlag]],
  );
});

test("a channel without a compression sends everything as it is", async () => {
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target);
  const contextValues = createContextValues().set(requestCompression, { send: true });
  await greeterClient(channel).sayHello(long, { contextValues });
  const [request] = server.requests;
  assert.equal(request?.headers.get("grpc-encoding"), undefined);
  assert.deepEqual(flagsOf(request?.body ?? new Uint8Array()), [0]);
});
