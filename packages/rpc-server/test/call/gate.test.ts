import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import { friendly, greetings, kinds, named, paths, routes } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";

const denied = new ConnectError("who are you?", Code.Unauthenticated);

for (const kind of kinds) {
  for (const [how, gate] of [
    [
      "throws",
      () => {
        throw denied;
      },
    ],
    ["rejects", () => Promise.reject(denied)],
  ] as const) {
    test(`a gate that ${how} ends a ${kind} call whose body nobody reads`, async () => {
      const pair = new Pair({
        requestGate: gate,
        interceptors: [() => assert.fail("interceptors come after the gate")],
        routes: routes(friendly),
      });
      const call = await pair.open(paths[kind], ["authorization", "no"]).send(named("Anna")).ended;
      assert.equal(call.status, "16");
      assert.equal(call.message, "who are you?");
      assert.equal(call.trailersOnly, true);
      assert.equal(call.closedBy?.code, ErrorCode.NO_ERROR);
      assert.equal(pair.dispatcher.activeCalls, 0);
    });
  }

  test(`a gate that takes its time lets a ${kind} call through with all that came meanwhile`, async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const pair = new Pair({ requestGate: () => promise, routes: routes(friendly) });
    const call = pair.open(paths[kind]).send(named("Anna")).end();
    for (let i = 0; i < 3; i++) await new Promise((done) => setImmediate(done));
    assert.equal(call.head.length, 0);
    resolve();
    await call.ended;
    assert.equal(call.status, "0");
    assert.equal(greetings(call)[0], "Hello, Anna!");
  });
}

test("while a gate decides, a client can send no more than a window", async () => {
  const pair = new Pair({
    requestGate: () => new Promise(() => {}),
    routes: routes(friendly),
    limits: { initialStreamWindow: 70_000 },
  });
  const call = pair.open(paths.client);
  for (let i = 0; i < 3; i++) await new Promise((done) => setImmediate(done));
  call.send(new Uint8Array(200_000));
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
  assert.equal(call.stream.queued, 130_000);
});

test("a gate sees the context that the implementation gets", async () => {
  const pair = new Pair({
    requestGate(context) {
      context.responseHeader.set("x-gate", context.requestHeader.get("x-who") ?? "");
    },
    routes: routes(friendly),
  });
  const call = await pair.open(paths.unary, ["x-who", "anna"]).send(named("Anna")).end().ended;
  assert.equal(call.field("x-gate"), "anna");
});

test("a client that leaves while a gate decides costs nothing more", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let called = false;
  const pair = new Pair({
    requestGate: () => promise,
    routes: routes({
      sayHello() {
        called = true;
        return {};
      },
    }),
  });
  const call = pair.open(paths.unary).send(named("Anna")).end();
  for (let i = 0; i < 3; i++) await new Promise((done) => setImmediate(done));
  call.reset();
  for (let i = 0; i < 3; i++) await new Promise((done) => setImmediate(done));
  assert.equal(pair.dispatcher.activeCalls, 0);
  resolve();
  await new Promise((done) => setImmediate(done));
  assert.equal(called, false);
});
