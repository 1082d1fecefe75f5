import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { prefixMessage } from "@privet/grpc-wire";
import { ErrorCode } from "@privet/http2";
import { peerKey } from "../../src/peer.ts";
import { encoded, friendly, named, paths, routes } from "../call/testkit/greeter.ts";
import { Pair } from "../call/testkit/pair.ts";
import type { ClientCall, PairOptions } from "../call/testkit/pair.ts";

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

function pairOf(options: Partial<PairOptions> = {}): Pair {
  return new Pair({ routes: routes(friendly), ...options });
}

const json = ["content-type", "application/json"];
const body = new TextEncoder().encode(JSON.stringify({ name: "Anna" }));
const bare = { bare: true } as const;

function text(call: ClientCall): string {
  return new TextDecoder().decode(call.body);
}

test("a unary call of Connect is answered with JSON", async () => {
  const pair = pairOf();
  const call = await pair.open(paths.unary, json, bare).send(body).end().ended;
  assert.equal(call.field(":status"), "200");
  assert.equal(call.field("content-type"), "application/json");
  assert.deepEqual(JSON.parse(text(call)), { greeting: "Hello, Anna!" });
  assert.deepEqual(call.trailers, []);
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("a stream of Connect goes both ways", async () => {
  const pair = pairOf();
  const call = pair.open(paths.bidi, ["content-type", "application/connect+json"], bare);
  call.send(prefixMessage(body, 0));
  await call.until(() => call.frames.length === 1);
  assert.match(text(call), /Hello, Anna!/);
  await call.end().ended;
  assert.equal(call.frames.at(-1)?.flags, 2);
});

test("a call of gRPC-Web has its trailers in the body", async () => {
  const pair = pairOf();
  const type = ["content-type", "application/grpc-web+proto"];
  const call = await pair.open(paths.unary, type, bare).send(named("Anna")).end().ended;
  assert.equal(call.field(":status"), "200");
  assert.equal(call.frames.length, 2);
  assert.equal(call.frames[1]?.flags, 0x80);
  assert.match(new TextDecoder().decode(call.frames[1]?.bytes), /grpc-status: 0/);
});

test("a call of gRPC with JSON is answered in kind", async () => {
  const pair = pairOf();
  const type = ["content-type", "application/grpc+json"];
  const call = await pair.open(paths.unary, type, bare).send(prefixMessage(body, 0)).end().ended;
  assert.equal(call.field("content-type"), "application/grpc+json");
  assert.match(text(call), /Hello, Anna!/);
  assert.equal(call.status, "0");
});

for (const [what, method, type, status] of [
  ["a method that no protocol has", "PUT", "application/grpc", "405"],
  ["a content type that no protocol has", "POST", "application/grpc+foo", "415"],
  ["a content type with parameters", "POST", "application/grpc;charset=utf-8", "415"],
] as const) {
  test(`${what} is answered with ${status}`, async () => {
    const pair = pairOf();
    const fields = ["content-type", type];
    const call = await pair.open(paths.unary, fields, { bare: true, method }).send(body).ended;
    assert.equal(call.field(":status"), status);
    assert.equal(call.closedBy?.code, ErrorCode.NO_ERROR);
    assert.equal(pair.dispatcher.activeCalls, 0);
  });
}

test("a service without gRPC refuses it with 415", async () => {
  const pair = pairOf({ grpc: false });
  const call = await pair.open(paths.unary).send(named("Anna")).ended;
  assert.equal(call.field(":status"), "415");
});

test("an upload that is cut off rejects with CANCELED", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const started = Promise.withResolvers<void>();
  const pair = pairOf({
    routes: routes({
      async sayHelloToAll(requests) {
        started.resolve();
        try {
          for await (const _ of requests);
          resolve("complete");
        } catch (error) {
          resolve(error);
        }
        return {};
      },
    }),
  });
  const type = ["content-type", "application/connect+proto"];
  const call = pair.open(paths.client, type, bare).send(prefixMessage(encoded("Anna"), 0));
  await started.promise;
  call.reset();
  const error = await promise;
  assert.ok(error instanceof ConnectError);
  assert.equal(error.code, Code.Canceled);
  await turns(3);
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("a generator runs its finally when its client leaves, and waits while it takes nothing", async () => {
  let yielded = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const pair = pairOf({
    routes: routes({
      async *sayHelloInLanguages() {
        try {
          for (; yielded < 1000; yielded++) yield { greeting: "x".repeat(10_000) };
        } finally {
          resolve();
        }
      },
    }),
  });
  const type = ["content-type", "application/connect+proto"];
  const call = pair.open(paths.server, type, { bare: true, consume: false });
  call.send(prefixMessage(encoded("Anna"), 0)).end();
  await call.until(() => call.body.length >= 65_535);
  await turns(20);
  assert.ok(yielded < 40, `${yielded} messages`);
  call.reset();
  await promise;
  await turns(3);
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("context values and the peer are there in all protocols", async () => {
  const pair = pairOf({
    routes: routes({
      sayHello: (_request, { values }) => ({ greeting: values.get(peerKey).address }),
    }),
  });
  const call = await pair.open(paths.unary, json, bare).send(body).end().ended;
  assert.match(text(call), /memory/);
});

test("context values that throw are answered with 500, and logged", async () => {
  const pair = pairOf({
    contextValues() {
      throw new Error("secret");
    },
  });
  const call = await pair.open(paths.unary, json, bare).send(body).end().ended;
  assert.equal(call.field(":status"), "500");
  assert.equal(call.body.length, 0);
  assert.match(String(pair.log[0]?.[2]), /secret/);
});

test("a call beyond maxConcurrentCalls is RESOURCE_EXHAUSTED in its own protocol", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const pair = pairOf({
    maxConcurrentCalls: 1,
    routes: routes({
      async sayHello() {
        await promise;
        return {};
      },
    }),
  });
  const first = pair.open(paths.unary, json, bare).send(body).end();
  const second = await pair.open(paths.unary, json, bare).send(body).end().ended;
  assert.equal(second.field(":status"), "429");
  assert.equal((JSON.parse(text(second)) as { code: string }).code, "resource_exhausted");
  resolve();
  await first.ended;
  assert.equal(first.field(":status"), "200");
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("messages above 4 MiB are refused in all protocols", async () => {
  const pair = pairOf();
  const large = new TextEncoder().encode(JSON.stringify({ name: "x".repeat(5_000_000) }));
  const call = await pair.open(paths.unary, json, bare).send(large).end().ended;
  assert.equal((JSON.parse(text(call)) as { code: string }).code, "resource_exhausted");
});

test("the gate ends a call of Connect before its body is read", async () => {
  const pair = pairOf({
    requestGate() {
      throw new ConnectError("who are you?", Code.Unauthenticated);
    },
  });
  const call = await pair.open(paths.unary, json, bare).send(body).ended;
  assert.equal(call.field(":status"), "401");
});
