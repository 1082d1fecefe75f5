import assert from "node:assert/strict";
import test from "node:test";
import { createContextKey, createContextValues } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { peerKey } from "../../src/peer.ts";
import { named, paths, routes } from "./testkit/greeter.ts";
import { Pair, peer } from "./testkit/pair.ts";

/** Calls once, and gives what the implementation saw of its context. */
async function seen<T>(
  look: (context: HandlerContext) => T,
  fields: readonly string[] = [],
): Promise<T> {
  let result: T | undefined;
  const pair = new Pair({
    routes: routes({
      sayHello(_request, context) {
        result = look(context);
        return {};
      },
    }),
  });
  await pair.open(paths.unary, fields).send(named("Anna")).end().ended;
  return result as T;
}

test("a context tells all that Connect's own tells", async () => {
  const context = await seen((c) => c, ["grpc-timeout", "30S", "x-one", "1", "x-one", "2"]);
  assert.equal(context.method, GreeterService.method.sayHello);
  assert.equal(context.service, GreeterService);
  assert.equal(context.requestMethod, "POST");
  assert.equal(context.protocolName, "grpc");
  assert.equal(context.url, `http://test.local${paths.unary}`);
  assert.equal(context.timeoutMs(), 30_000);
  assert.deepEqual(Object.fromEntries(context.requestHeader), {
    "content-type": "application/grpc+proto",
    "grpc-timeout": "30S",
    te: "trailers",
    "x-one": "1, 2",
  });
  assert.deepEqual([...context.responseHeader], [["content-type", "application/grpc+proto"]]);
  assert.deepEqual([...context.responseTrailer], [["grpc-status", "0"]]);
});

test("a context without a deadline has no time-out", async () => {
  assert.equal(await seen((context) => context.timeoutMs()), undefined);
});

test("a context that is spread keeps all its fields", async () => {
  const [copy, context] = await seen((c) => [{ ...c }, c] as const);
  assert.deepEqual(Object.keys(copy).toSorted(), [
    "method",
    "protocolName",
    "requestHeader",
    "requestMethod",
    "responseHeader",
    "responseTrailer",
    "service",
    "signal",
    "timeoutMs",
    "url",
    "values",
  ]);
  for (const key of Object.keys(copy) as (keyof HandlerContext)[]) {
    assert.equal(copy[key], context[key], key);
    assert.ok(Object.hasOwn(context, key), key);
    assert.ok(key in context, key);
  }
});

test("a field that middleware adds to a context stays, and can be spread", async () => {
  const [own, copied] = await seen((context) => {
    Object.assign(context, { user: "anna" });
    return [(context as { user?: string }).user, ({ ...context } as { user?: string }).user];
  });
  assert.equal(own, "anna");
  assert.equal(copied, "anna");
});

test("headers and trailers of the implementation reach the client", async () => {
  const pair = new Pair({
    routes: routes({
      sayHello(_request, { responseHeader, responseTrailer }) {
        responseHeader.set("x-head", "1");
        responseHeader.append("set-cookie", "a=1");
        responseHeader.append("set-cookie", "b=2");
        responseTrailer.set("x-trail-bin", "AAE");
        return {};
      },
    }),
  });
  const call = await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.deepEqual(call.head.slice(1), [
    ["content-type", "application/grpc+proto"],
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
    ["x-head", "1"],
  ]);
  assert.deepEqual(call.trailers, [
    ["grpc-status", "0"],
    ["x-trail-bin", "AAE"],
  ]);
});

test("the status and the content type stay the protocol's own, whatever is set", async () => {
  const pair = new Pair({
    routes: routes({
      sayHello(_request, { responseHeader, responseTrailer }) {
        responseHeader.delete("content-type");
        responseTrailer.set("grpc-status", "5");
        return {};
      },
    }),
  });
  const call = await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.equal(call.field("content-type"), "application/grpc+proto");
  assert.equal(call.status, "0");
});

test("the signal of a call that is over has aborted, whether it was looked at before or not", async () => {
  const early = await seen((context) => context.signal);
  assert.equal(early.aborted, true);
  assert.equal((early.reason as Error).name, "AbortError");
  const late = await seen((context) => context);
  assert.equal(late.signal.aborted, true);
  assert.equal((late.signal.reason as Error).name, "AbortError");
});

test("context values are the user's own, and know the peer", async () => {
  const key = createContextKey("none");
  let view: unknown;
  const pair = new Pair({
    contextValues(request) {
      view = [request.method, request.path, request.url, request.header.get("x-one"), request.peer];
      return createContextValues().set(key, "mine");
    },
    routes: routes({
      sayHello: (_request, { values }) => ({
        greeting: `${values.get(key)} ${values.get(peerKey).address}`,
      }),
    }),
  });
  const call = await pair.open(paths.unary, ["x-one", "1"]).send(named("Anna")).end().ended;
  assert.equal(call.status, "0");
  assert.deepEqual(view, ["POST", paths.unary, `http://test.local${paths.unary}`, "1", peer]);
  assert.match(Buffer.from(call.body).toString(), /mine memory/);
});

test("context values that throw fail the call alone", async () => {
  const pair = new Pair({
    contextValues() {
      throw new Error("secret");
    },
    routes: routes({ sayHello: () => ({}) }),
  });
  const call = await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.equal(call.status, "13");
  assert.equal(call.message, "internal error");
  assert.match(String(pair.log[0]?.[2]), /secret/);
});

test("shutdown aborts the signals of open calls, with its reason", async () => {
  const shutdown = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const pair = new Pair({
    shutdownSignal: shutdown.signal,
    routes: routes({
      async sayHello(_request, { signal }) {
        const aborted = new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        });
        resolve();
        await aborted;
        return {};
      },
    }),
  });
  const call = pair.open(paths.unary).send(named("Anna")).end();
  await promise;
  shutdown.abort(new Error("going away"));
  await call.ended;
  assert.equal(call.status, "13");
  const later = new Pair({
    shutdownSignal: shutdown.signal,
    routes: routes({
      sayHello: (_request, { signal }) => ({ greeting: String(signal.aborted) }),
    }),
  });
  const second = await later.open(paths.unary).send(named("Anna")).end().ended;
  assert.match(Buffer.from(second.body).toString(), /true/);
});
