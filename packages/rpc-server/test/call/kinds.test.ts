import assert from "node:assert/strict";
import test from "node:test";
import { friendly, greetings, named, paths, routes } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";

test("a unary call is answered with one message and OK", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const call = await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.deepEqual(call.head, [
    [":status", "200"],
    ["content-type", "application/grpc+proto"],
  ]);
  assert.deepEqual(greetings(call), ["Hello, Anna!"]);
  assert.deepEqual(call.trailers, [["grpc-status", "0"]]);
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("a server-streaming call is answered with each message that is yielded", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const call = await pair.open(paths.server).send(named("Anna")).end().ended;
  assert.deepEqual(greetings(call), ["Hello, Anna!", "Salut, Anna!"]);
  assert.equal(call.status, "0");
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("a client-streaming call is answered when its implementation has read the request", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const call = pair.open(paths.client).send(named("Anna")).send(named("Boris"));
  await call.end().ended;
  assert.deepEqual(greetings(call), ["Hello, Anna, Boris!"]);
  assert.equal(call.status, "0");
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("a bidi-streaming call is answered while the request goes on", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const call = pair.open(paths.bidi).send(named("Anna"));
  await call.until(() => greetings(call).length === 1);
  call.send(named("Boris"));
  await call.until(() => greetings(call).length === 2);
  await call.end().ended;
  assert.deepEqual(greetings(call), ["Hello, Anna!", "Hello, Boris!"]);
  assert.equal(call.status, "0");
  assert.equal(pair.dispatcher.activeCalls, 0);
});
