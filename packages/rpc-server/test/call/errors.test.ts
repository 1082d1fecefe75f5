import assert from "node:assert/strict";
import test from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema } from "@privet/contracts/google/rpc/error_details_pb.js";
import { compressedFlag, prefixMessage, readStatus } from "@privet/grpc-wire";
import { encoded, friendly, greetings, named, paths, routes } from "./testkit/greeter.ts";
import type { Greeter } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";
import type { ClientCall, PairOptions } from "./testkit/pair.ts";

function call(greeter: Greeter, options: Partial<PairOptions> = {}): Promise<ClientCall> {
  const pair = new Pair({ ...options, routes: routes(greeter) });
  return pair.open(paths.unary).send(named("Anna")).end().ended;
}

function fail(error: unknown): Greeter {
  return {
    sayHello() {
      throw error;
    },
  };
}

test("a ConnectError is the status of a Trailers-Only response", async () => {
  const error = new ConnectError("100 % wrong: Привет", Code.FailedPrecondition, { "x-why": "so" });
  const response = await call(fail(error));
  assert.equal(response.trailersOnly, true);
  assert.deepEqual(response.head, [
    [":status", "200"],
    ["content-type", "application/grpc+proto"],
    ["x-why", "so"],
    ["grpc-status", "9"],
    ["grpc-message", encodeURIComponent("100 % wrong: Привет")],
  ]);
});

test("the details of an error reach the client", async () => {
  const detail = { field: "name", description: "is empty" };
  const error = new ConnectError("no", Code.InvalidArgument, undefined, [
    { desc: BadRequestSchema, value: { fieldViolations: [detail] } },
  ]);
  const response = await call(fail(error));
  const status = readStatus(new Headers(response.head.slice(1)));
  assert.ok(status instanceof ConnectError);
  const [found] = status.findDetails(BadRequestSchema);
  assert.equal(found?.fieldViolations[0]?.field, "name");
  assert.ok(fromBinary);
});

test("what is no ConnectError is INTERNAL, and its message is for the log alone", async () => {
  const pair = new Pair({ routes: routes(fail(new Error("secret"))) });
  const response = await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.equal(response.status, "13");
  assert.equal(response.message, "internal error");
  assert.deepEqual(
    pair.log.map(([level, , error]) => [level, String(error)]),
    [["error", "Error: secret"]],
  );
});

test("an AbortError that isn't of the call's own signal is INTERNAL", async () => {
  const pair = new Pair({ routes: routes(fail(new DOMException("stopped", "AbortError"))) });
  const response = await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.equal(response.status, "13");
  assert.equal(response.message, "internal error");
});

test("a rejected promise is the same as an exception", async () => {
  const response = await call({
    sayHello: () => Promise.reject(new ConnectError("gone", Code.NotFound)),
  });
  assert.equal(response.status, "5");
  assert.equal(response.message, "gone");
});

test("headers that were set before an error come in a block of their own", async () => {
  const response = await call({
    sayHello(_request, { responseHeader, responseTrailer }) {
      responseHeader.set("x-head", "1");
      responseTrailer.set("x-trail", "2");
      throw new ConnectError("no", Code.NotFound, { "x-error": "3" });
    },
  });
  assert.equal(response.trailersOnly, false);
  assert.equal(response.field("x-head"), "1");
  assert.deepEqual(response.trailers, [
    ["x-trail", "2"],
    ["x-error", "3"],
    ["grpc-status", "5"],
    ["grpc-message", "no"],
  ]);
});

test("metadata of an error that came from another server isn't passed on", async () => {
  const error = new ConnectError("no", Code.NotFound, { "x-theirs": "1" });
  Object.assign(error, { isWireError: true });
  const response = await call(fail(error));
  assert.equal(response.trailer("x-theirs"), undefined);
  assert.equal(response.status, "5");
});

test("an error after messages follows them", async () => {
  const pair = new Pair({
    routes: routes({
      async *sayHelloInLanguages() {
        yield { greeting: "one" };
        throw new ConnectError("no more", Code.DataLoss);
      },
    }),
  });
  const response = await pair.open(paths.server).send(named("Anna")).end().ended;
  assert.deepEqual(greetings(response), ["one"]);
  assert.equal(response.status, "15");
  assert.equal(response.message, "no more");
});

test("metadata that HTTP can't carry fails the call, with its log line, and its status arrives", async () => {
  for (const where of ["responseHeader", "responseTrailer"] as const) {
    const pair = new Pair({
      routes: routes({
        sayHello(_request, context) {
          context[where].set("x-bad", "\u0001");
          return {};
        },
      }),
    });
    const response = await pair.open(paths.unary).send(named("Anna")).end().ended;
    assert.equal(response.status, "13", where);
    assert.equal(response.trailer("x-bad"), undefined);
    assert.equal(pair.log.length, 1);
  }
});

test("metadata of an error that HTTP can't carry is left out, and the status arrives", async () => {
  const response = await call(fail(new ConnectError("no", Code.NotFound, { "x-bad": "\u0001" })));
  assert.equal(response.status, "5");
  assert.equal(response.message, "no");
});

test("a method that isn't implemented is UNIMPLEMENTED, by its name", async () => {
  const response = await call({});
  assert.equal(response.status, "12");
  assert.equal(response.message, "greeter.v1.GreeterService.SayHello is not implemented");
});

test("a path that no route has is 404, without a body", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const response = await pair.open("/greeter.v1.GreeterService/Nope").send(named("Anna")).ended;
  assert.deepEqual(response.head, [[":status", "404"]]);
  assert.equal(response.body.length, 0);
  assert.equal(response.closedBy?.code, 0);
});

test("a path is looked up without its query", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const response = await pair.open(`${paths.unary}?a=b`).send(named("Anna")).end().ended;
  assert.equal(response.status, "0");
});

test("a prefix goes before all paths", async () => {
  const pair = new Pair({ routes: routes(friendly), requestPathPrefix: "/api" });
  const found = await pair.open(`/api${paths.unary}`).send(named("Anna")).end().ended;
  assert.equal(found.status, "0");
  const missing = await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.equal(missing.field(":status"), "404");
});

for (const [what, body, code, message] of [
  ["no message", [], "12", "protocol error: missing input message for unary method"],
  [
    "two messages",
    [named("a"), named("b")],
    "12",
    "protocol error: received extra input message for unary method",
  ],
  ["part of a message", [named("Anna").subarray(0, 7)], "3", "protocol error: incomplete envelope"],
  ["part of a prefix", [Uint8Array.of(0, 0)], "3", "protocol error: incomplete envelope"],
  ["what is no message", [prefixMessage(Uint8Array.of(0x0a, 0xff), 0)], "13", undefined],
  [
    "a compressed message without an encoding",
    [prefixMessage(encoded("Anna"), compressedFlag)],
    "13",
    "received compressed envelope, but do not know how to decompress",
  ],
  [
    "a length of 4 GiB",
    [Uint8Array.of(0, 255, 255, 255, 255)],
    "8",
    "message size 4294967295 is larger than configured readMaxBytes 4194304",
  ],
] as const) {
  test(`a unary request of ${what} fails with ${code}, and its implementation isn't called`, async () => {
    let called = false;
    const pair = new Pair({
      routes: routes({
        sayHello() {
          called = true;
          return {};
        },
      }),
    });
    const open = pair.open(paths.unary);
    for (const bytes of body) open.send(bytes);
    if (!open.stream.closed) open.end();
    const response = await open.ended;
    assert.equal(response.status, code);
    if (message === undefined) assert.match(response.message, /^parse binary: /);
    else assert.equal(response.message, message);
    assert.equal(called, false);
    assert.equal(pair.dispatcher.activeCalls, 0);
  });
}

test("the other flags of a message are ignored", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const response = await pair
    .open(paths.unary)
    .send(prefixMessage(encoded("Anna"), 0xfe))
    .end().ended;
  assert.equal(response.status, "0");
});

test("a message may arrive octet by octet", async () => {
  const pair = new Pair({ routes: routes(friendly) });
  const open = pair.open(paths.unary);
  for (const octet of named("Anna")) open.send(Uint8Array.of(octet));
  const response = await open.end().ended;
  assert.deepEqual(greetings(response), ["Hello, Anna!"]);
});

test("a message above writeMaxBytes is RESOURCE_EXHAUSTED", async () => {
  const response = await call(friendly, { writeMaxBytes: 10 });
  assert.equal(response.status, "8");
  assert.equal(response.message, "message size 14 is larger than configured writeMaxBytes 10");
});

test("a response that throws when it is read is INTERNAL", async () => {
  const response = await call({
    sayHello: () => ({
      get greeting(): string {
        throw new Error("secret");
      },
    }),
  });
  assert.equal(response.status, "13");
  assert.equal(response.message, "internal error");
});

for (const [value, code, message] of [
  ["1", "3", "protocol error: invalid grpc timeout value: 1"],
  ["123456789m", "3", "protocol error: invalid grpc timeout value: 123456789m"],
  ["61S", "3", "timeout 61000ms must be <= 60000"],
] as const) {
  test(`a time-out of ${value} is refused before anything is called`, async () => {
    const pair = new Pair({ routes: routes(friendly), maxTimeoutMs: 60_000 });
    const response = await pair.open(paths.unary, ["grpc-timeout", value]).send(named("A")).ended;
    assert.equal(response.status, code);
    assert.equal(response.message, message);
  });
}

test("a call beyond maxConcurrentCalls is RESOURCE_EXHAUSTED, and the next has its place again", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const pair = new Pair({
    maxConcurrentCalls: 1,
    routes: routes({
      async sayHello() {
        await promise;
        return {};
      },
    }),
  });
  const first = pair.open(paths.unary).send(named("Anna")).end();
  const second = await pair.open(paths.unary).send(named("Boris")).ended;
  assert.equal(second.status, "8");
  assert.equal(pair.dispatcher.activeCalls, 1);
  resolve();
  await first.ended;
  const third = await pair.open(paths.unary).send(named("Vera")).end().ended;
  assert.equal(third.status, "0");
});

test("a header list that is too large is RESOURCE_EXHAUSTED for gRPC and 431 for the rest", async () => {
  const pair = new Pair({ routes: routes(friendly), limits: { maxHeaderListSize: 500 } });
  const large = ["x-large", "x".repeat(600)];
  const grpc = await pair.open(paths.unary, large).ended;
  assert.equal(grpc.status, "8");
  const other = await pair.open(paths.unary, large, { bare: true, method: "GET" }).ended;
  assert.equal(other.field(":status"), "431");
});
