import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { prefixMessage } from "@privet/grpc-wire";
import type { ServerObserver } from "../../src/observe.ts";
import { friendly, kinds, named, paths, routes } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";

function recorder(): { observer: ServerObserver; events: unknown[][] } {
  const events: unknown[][] = [];
  const observer: ServerObserver = {
    callStarted(call) {
      events.push(["started", call.path, call.protocol, call.peer.address, call.header("x-one")]);
      return {
        messageReceived: (bytes, wireBytes) => events.push(["received", bytes, wireBytes]),
        messageSent: (bytes, wireBytes) => events.push(["sent", bytes, wireBytes]),
        ended: (error) => events.push(["ended", error && Code[error.code]]),
        released: () => events.push(["released"]),
      };
    },
  };
  return { observer, events };
}

for (const kind of kinds) {
  test(`an observer is told of each step of a ${kind} call, and once of its end`, async () => {
    const { observer, events } = recorder();
    const pair = new Pair({ observer, routes: routes(friendly) });
    await pair.open(paths[kind], ["x-one", "1"]).send(named("Anna")).end().ended;
    assert.deepEqual(events[0], ["started", paths[kind], "grpc", "memory", "1"]);
    assert.deepEqual(events[1], ["received", 6, 6]);
    assert.deepEqual(
      events.find(([name]) => name === "sent"),
      ["sent", 14, 14],
    );
    assert.deepEqual(
      events.filter(([name]) => name === "ended" || name === "released"),
      [["released"], ["ended", undefined]],
    );
  });
}

test("an observer learns of a status, a cancellation and a refusal", async () => {
  const { observer, events } = recorder();
  const ended = (): unknown[] =>
    events.splice(0).filter((event) => (event as string[])[0] === "ended");
  const greeter = {
    sayHello: () => Promise.reject(new ConnectError("no", Code.NotFound)),
    sayHelloInLanguages: () => assert.fail("it is refused"),
  };
  const pair = new Pair({ observer, routes: routes(greeter) });
  await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.deepEqual(ended(), [["ended", "NotFound"]]);
  const call = pair.open(paths.client).send(named("Anna"));
  await new Promise((resolve) => setImmediate(resolve));
  call.reset();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(ended(), [["ended", "Unimplemented"]]);
  await pair.open(paths.server).send(Uint8Array.of(0, 255, 255, 255, 255)).ended;
  assert.deepEqual(ended(), [["ended", "ResourceExhausted"]]);
});

test("an observer isn't told of the return of an implementation that never began", async () => {
  const { observer, events } = recorder();
  const pair = new Pair({ observer, routes: routes(friendly) });
  const call = pair.open(paths.unary).send(named("Anna").subarray(0, 7));
  await new Promise((resolve) => setImmediate(resolve));
  call.reset();
  await call.ended;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(events.slice(1), [["ended", "Canceled"]]);
});

test("an observer learns how calls of other protocols end", async () => {
  const { observer, events } = recorder();
  const pair = new Pair({
    observer,
    routes: routes({
      sayHello: ({ name }) => {
        if (name === "") throw new ConnectError("no", Code.InvalidArgument);
        return {};
      },
      async *sayHelloInLanguages() {
        yield {};
        throw new ConnectError("no", Code.DataLoss);
      },
    }),
  });
  const bare = { bare: true };
  const send = async (path: string, type: string, body: Uint8Array): Promise<unknown[]> => {
    await pair.open(path, ["content-type", type], bare).send(body).end().ended;
    await new Promise((resolve) => setImmediate(resolve));
    return events.splice(0);
  };
  const text = new TextEncoder();
  assert.deepEqual(await send(paths.unary, "application/json", text.encode('{"name":"a"}')), [
    ["started", paths.unary, "connect", "memory", undefined],
    ["ended", undefined],
    ["released"],
  ]);
  assert.deepEqual((await send(paths.unary, "application/json", text.encode("{}")))[1], [
    "ended",
    "InvalidArgument",
  ]);
  assert.deepEqual((await send(paths.unary, "application/grpc-web+proto", named("")))[1], [
    "ended",
    "InvalidArgument",
  ]);
  const stream = prefixMessage(text.encode("{}"), 0);
  assert.deepEqual((await send(paths.server, "application/connect+json", stream))[1], [
    "ended",
    "DataLoss",
  ]);
  assert.deepEqual((await send(paths.unary, "application/grpc+json", text.encode("x")))[1], [
    "ended",
    "InvalidArgument",
  ]);
});
