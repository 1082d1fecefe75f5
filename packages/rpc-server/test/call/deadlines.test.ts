import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import { friendly, named, paths, routes } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";

/** An implementation that ignores its signal, until it is let go. */
function stubborn() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const greeter = {
    async sayHello() {
      await promise;
      return { greeting: "late" };
    },
  };
  return { greeter, letGo: resolve };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a call whose deadline passes is answered then, although its implementation goes on", async () => {
  const { greeter, letGo } = stubborn();
  const pair = new Pair({ routes: routes(greeter) });
  const call = pair.open(paths.unary, ["grpc-timeout", "100m"]).send(named("Anna")).end();
  await turn();
  pair.timers.advance(99);
  await turn();
  assert.equal(call.closedBy, undefined);
  pair.timers.advance(1);
  await call.ended;
  assert.equal(call.status, "4");
  assert.equal(call.message, "the operation timed out");
  assert.equal(pair.dispatcher.activeCalls, 1, "the implementation keeps its slot");
  letGo();
  await turn();
  assert.equal(pair.dispatcher.activeCalls, 0);
  assert.equal(pair.timers.size, 0);
});

test("a deadline that passes during an upload resets the stream with CANCEL, after the status", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const call = pair.open(paths.client, ["grpc-timeout", "100m"]).send(named("Anna"));
  await turn();
  pair.timers.advance(100);
  await call.ended;
  assert.equal(call.status, "4");
  assert.equal(call.closedBy?.by, "peerReset");
  assert.equal(call.closedBy?.code, ErrorCode.CANCEL);
});

test("a deadline that passes before the request is there ends the call too", async () => {
  let called = false;
  const pair = new Pair({
    routes: routes({
      sayHello() {
        called = true;
        return {};
      },
    }),
  });
  const call = pair.open(paths.unary, ["grpc-timeout", "100m"]).send(named("Anna"));
  await turn();
  pair.timers.advance(100);
  await call.ended;
  assert.equal(call.status, "4");
  assert.equal(called, false);
});

test("a time-out of nothing is answered at once", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const call = await pair.open(paths.unary, ["grpc-timeout", "0n"]).send(named("Anna")).ended;
  assert.equal(call.status, "4");
});

for (const [value, ms] of [
  ["600H", 2_160_000_000],
  ["2147484S", 2_147_484_000],
  ["99999999H", 359_999_996_400_000],
] as const) {
  test(`a time-out of ${value} is as long as it says`, async () => {
    const { greeter, letGo } = stubborn();
    const pair = new Pair({ routes: routes(greeter) });
    const call = pair.open(paths.unary, ["grpc-timeout", value]).send(named("Anna")).end();
    await turn();
    pair.timers.advance(ms - 1);
    await turn();
    assert.equal(call.closedBy, undefined);
    letGo();
    await call.ended;
    assert.equal(call.status, "0");
  });
}

test("an implementation that works on after the end is counted and logged, until it returns", async () => {
  const { greeter, letGo } = stubborn();
  const pair = new Pair({ routes: routes(greeter) });
  pair.open(paths.unary, ["grpc-timeout", "100m"]).send(named("Anna")).end();
  await turn();
  pair.timers.advance(100);
  assert.equal(pair.dispatcher.overdueCalls, 0, "it has a moment to notice");
  pair.timers.advance(1000);
  assert.equal(pair.dispatcher.overdueCalls, 1);
  assert.deepEqual(
    pair.log.map(([level]) => level),
    ["warn"],
  );
  letGo();
  await turn();
  assert.equal(pair.dispatcher.overdueCalls, 0);
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("an implementation that is at work for maxHandlerMs loses its slot, and its call fails", async () => {
  const { greeter, letGo } = stubborn();
  const pair = new Pair({ routes: routes(greeter), maxHandlerMs: 5000, maxConcurrentCalls: 1 });
  const call = pair.open(paths.unary).send(named("Anna")).end();
  await turn();
  pair.timers.advance(5000);
  await call.ended;
  assert.equal(call.status, "4");
  assert.equal(pair.dispatcher.activeCalls, 0);
  pair.timers.advance(1000);
  assert.equal(pair.dispatcher.overdueCalls, 1, "it is at work all the same");
  letGo();
  await turn();
  assert.equal(pair.dispatcher.overdueCalls, 0);
  assert.equal(pair.timers.size, 0);
});

test("the engine's slot stays taken as long as an implementation works on", async () => {
  const { greeter, letGo } = stubborn();
  const pair = new Pair({ routes: routes(greeter), limits: { maxConcurrentStreams: 1 } });
  const call = pair.open(paths.unary, ["grpc-timeout", "100m"]).send(named("Anna")).end();
  await turn();
  pair.timers.advance(100);
  await call.ended;
  assert.equal(pair.server.activeStreams, 1);
  letGo();
  await turn();
  assert.equal(pair.server.activeStreams, 0);
});

test("the signal aborts at the deadline with DEADLINE_EXCEEDED", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const pair = new Pair({
    routes: routes({
      sayHello(_request, { signal }) {
        signal.addEventListener("abort", () => resolve(signal.reason));
        return new Promise(() => {});
      },
    }),
  });
  pair.open(paths.unary, ["grpc-timeout", "100m"]).send(named("Anna")).end();
  await turn();
  pair.timers.advance(100);
  const reason = await promise;
  assert.ok(reason instanceof ConnectError);
  assert.equal(reason.code, Code.DeadlineExceeded);
});

test("a deadline that passes while the client takes nothing resets the stream with CANCEL", async () => {
  const pair = new Pair({
    routes: routes({
      async *sayHelloInLanguages() {
        for (;;) yield { greeting: "x".repeat(100_000) };
      },
    }),
  });
  const call = pair.open(paths.server, ["grpc-timeout", "1M"], { consume: false });
  call.send(named("Anna")).end();
  await call.until(() => call.body.length >= 262_144);
  for (let i = 0; i < 5; i++) await turn();
  pair.timers.advance(60_000);
  await call.ended;
  assert.equal(call.closedBy?.by, "peerReset");
  assert.equal(call.closedBy?.code, ErrorCode.CANCEL);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(pair.dispatcher.activeCalls, 0);
});
