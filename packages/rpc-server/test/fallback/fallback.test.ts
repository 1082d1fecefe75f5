import assert from "node:assert/strict";
import test from "node:test";
import { ErrorCode } from "@privet/http2";
import type { FallbackRequest } from "../../src/fallback/fallback.ts";
import { friendly, routes } from "../call/testkit/greeter.ts";
import { Pair, peer } from "../call/testkit/pair.ts";

const bare = { bare: true, method: "GET", endStream: true } as const;

test("the fallback gets a view of a request that no route has the path of", async () => {
  let seen: FallbackRequest | undefined;
  const pair = new Pair({
    routes: routes(friendly),
    fallback(request) {
      seen = request;
      return { status: 204, header: new Headers({ "x-by": "fallback" }) };
    },
  });
  const call = await pair.open("/healthz?full", ["x-one", "1"], bare).ended;
  assert.deepEqual(call.head, [
    [":status", "204"],
    ["x-by", "fallback"],
  ]);
  assert.equal(seen?.method, "GET");
  assert.equal(seen?.path, "/healthz?full");
  assert.equal(seen?.url, "http://test.local/healthz?full");
  assert.equal(seen?.header.get("x-one"), "1");
  assert.equal(seen?.peer, peer);
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("the fallback reads a body and answers with one, and trailers", async () => {
  const pair = new Pair({
    routes: routes(friendly),
    fallback: ({ body }) => ({
      status: 200,
      body: (async function* echo() {
        for await (const bytes of body) yield bytes.slice();
      })(),
      trailer: new Headers({ "x-end": "yes" }),
    }),
  });
  const call = pair.open("/echo", [], { bare: true });
  call.send(new TextEncoder().encode("one "));
  await call.until(() => call.body.length === 4);
  await call.send(new TextEncoder().encode("two")).end().ended;
  assert.equal(new TextDecoder().decode(call.body), "one two");
  assert.equal(call.trailer("x-end"), "yes");
});

test("a fallback that fails is answered with 500, and logged", async () => {
  const pair = new Pair({
    routes: routes(friendly),
    fallback: () => Promise.reject(new Error("secret")),
  });
  const call = await pair.open("/", [], bare).ended;
  assert.equal(call.field(":status"), "500");
  assert.match(String(pair.log[0]?.[2]), /secret/);
});

async function* half(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield new Uint8Array(3);
  throw new Error("broken");
}

test("a fallback whose body fails in the middle resets the stream", async () => {
  const pair = new Pair({
    routes: routes(friendly),
    fallback: () => ({
      status: 200,
      body: half(),
    }),
  });
  const call = await pair.open("/", [], bare).ended;
  assert.equal(call.body.length, 3);
  assert.equal(call.closedBy?.code, ErrorCode.INTERNAL_ERROR);
  assert.equal(pair.log.length, 1);
});

test("the fallback's signal aborts when its client leaves", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const pair = new Pair({
    routes: routes(friendly),
    fallback({ signal }) {
      signal.addEventListener("abort", () => resolve());
      started.resolve();
      return new Promise(() => {});
    },
  });
  const call = pair.open("/", [], bare);
  await started.promise;
  call.reset();
  await promise;
});

test("beyond maxConcurrentCalls the fallback isn't asked: the answer is 503", async () => {
  const { promise, resolve } = Promise.withResolvers<{ status: number }>();
  let calls = 0;
  const pair = new Pair({
    maxConcurrentCalls: 1,
    routes: routes(friendly),
    fallback() {
      calls++;
      return promise;
    },
  });
  const first = pair.open("/", [], bare);
  const second = await pair.open("/", [], bare).ended;
  assert.equal(second.field(":status"), "503");
  assert.equal(calls, 1);
  resolve({ status: 200 });
  await first.ended;
  assert.equal(first.field(":status"), "200");
});
