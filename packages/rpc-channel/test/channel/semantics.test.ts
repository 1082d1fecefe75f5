import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError, createContextKey, createContextValues } from "@connectrpc/connect";
import type { Interceptor } from "@connectrpc/connect";
import { compressionGzip } from "@privet/grpc-wire";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { createInMemoryChannel, insecureChannel, nestedCall } from "../../src/index.ts";
import { greeterClient, named, startGreeter } from "./support/greeter.ts";
import { answer, failureOf, ScriptedServer } from "./support/scripted-server.ts";

test("a request has the fields that gRPC asks for, in its order", async () => {
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target);
  await greeterClient(channel).sayHello({}, { headers: { "x-own": "1" }, timeoutMs: 1_000_000 });
  const fields = server.requests[0]?.headers.snapshot() ?? [];
  const timeout = fields.indexOf("grpc-timeout");
  assert.match(fields[timeout + 1] ?? "", /^(?:1000000|99\d{4})m$/);
  fields.splice(timeout, 2);
  const pairs = fields.flatMap((name, i) => (i % 2 === 0 ? [`${name}=${fields[i + 1]}`] : []));
  assert.deepEqual(pairs, [
    ":method=POST",
    ":scheme=http",
    ":path=/greeter.v1.GreeterService/SayHello",
    `:authority=${server.target}`,
    "te=trailers",
    "content-type=application/grpc+proto",
    "grpc-accept-encoding=gzip,br",
    "user-agent=connect-es/2.2.0",
    "x-own=1",
  ]);
});

test("timeouts that gRPC can't say in milliseconds are rounded up, in a larger unit", async () => {
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target);
  for (const timeoutMs of [0.5, 3e9])
    await greeterClient(channel)
      .sayHello({}, { timeoutMs })
      .catch(() => {});
  const sent = server.requests.map(({ headers }) => headers.get("grpc-timeout"));
  assert.equal(sent.at(-1), "3000000S");
  for (const value of sent) assert.match(value ?? "", /^\d{1,8}[HMSmun]$/);
});

test("the default timeout holds for calls that name none; 0 is none", async () => {
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target, { defaultTimeoutMs: 90_000 });
  await greeterClient(channel).sayHello({});
  await greeterClient(channel).sayHello({}, { timeoutMs: 0 });
  const [first, second] = server.requests.map(({ headers }) => headers.get("grpc-timeout"));
  assert.match(first ?? "", /^(?:90000|89\d{3})m$/);
  assert.equal(second, undefined);
});

test("a service config's timeout holds where it is the earlier one", async () => {
  await using server = await ScriptedServer.start(() => {});
  await using channel = insecureChannel(server.target, {
    serviceConfig: { methodConfig: [{ name: [{}], timeout: "0.05s" }] },
  });
  const error = await failureOf(greeterClient(channel).sayHello({}, { timeoutMs: 60_000 }));
  assert.equal(error.code, Code.DeadlineExceeded);
});

test("metadata goes both ways; the user's own user-agent stands", async () => {
  await using greeter = await startGreeter({
    sayHello(_, { requestHeader, responseHeader, responseTrailer }) {
      responseHeader.set("x-agent", requestHeader.get("user-agent") ?? "");
      responseTrailer.set("x-data-bin", requestHeader.get("x-data-bin") ?? "");
      return {};
    },
  });
  await using channel = insecureChannel(greeter.target);
  let header: Headers | undefined;
  let trailer: Headers | undefined;
  await greeterClient(channel).sayHello(
    {},
    {
      headers: { "user-agent": "mine/1", "x-data-bin": "AAEC" },
      onHeader: (value) => (header = value),
      onTrailer: (value) => (trailer = value),
    },
  );
  assert.equal(header?.get("x-agent"), "mine/1");
  assert.equal(trailer?.get("x-data-bin"), "AAEC");
});

test("metadata that HTTP doesn't allow fails the call, and no other", async () => {
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target);
  const client = greeterClient(channel);
  await assert.rejects(() => client.sayHello({}, { headers: { "bad name": "1" } }));
  await client.sayHello({});
});

test("messages are compressed both ways, from the size on that was asked for", async () => {
  await using greeter = await startGreeter(
    { sayHello: ({ name }) => ({ greeting: name }) },
    { compressMinBytes: 1 },
  );
  await using channel = insecureChannel(greeter.target, {
    sendCompression: compressionGzip,
    compressMinBytes: 10,
  });
  const client = greeterClient(channel);
  const name = "x".repeat(100_000);
  let encoding: string | null | undefined;
  const { greeting } = await client.sayHello(
    { name },
    { onHeader: (header) => (encoding = header.get("grpc-encoding")) },
  );
  assert.equal(greeting, name);
  assert.equal(encoding, "gzip");
  const seen: string[] = [];
  for await (const { greeting: text } of client.sayHelloToEach(named(name, "y", name)))
    seen.push(text);
  assert.deepEqual(
    seen.map(({ length }) => length),
    [name.length, 1, name.length].map((length) => length + "Hello, !".length),
  );
});

test("what is sent and what is received have their limits", async () => {
  await using greeter = await startGreeter({
    sayHello: ({ name }) => ({ greeting: name.repeat(10) }),
  });
  await using channel = insecureChannel(greeter.target, { readMaxBytes: 500, writeMaxBytes: 100 });
  const client = greeterClient(channel);
  await client.sayHello({ name: "x".repeat(40) });
  const sent = await failureOf(client.sayHello({ name: "x".repeat(101) }));
  assert.equal(sent.code, Code.ResourceExhausted);
  assert.match(sent.rawMessage, /writeMaxBytes 100/);
  const received = await failureOf(client.sayHello({ name: "x".repeat(60) }));
  assert.equal(received.code, Code.ResourceExhausted);
  assert.match(received.rawMessage, /readMaxBytes 500/);
  const streamed = await failureOf(client.sayHelloToAll(named("x".repeat(101))));
  assert.equal(streamed.code, Code.ResourceExhausted);
});

test("a service config's limits hold too", async () => {
  await using greeter = await startGreeter();
  await using channel = insecureChannel(greeter.target, {
    serviceConfig: {
      methodConfig: [{ name: [{}], maxRequestMessageBytes: 20, maxResponseMessageBytes: 25 }],
    },
  });
  const client = greeterClient(channel);
  assert.equal(
    (await failureOf(client.sayHello({ name: "x".repeat(21) }))).code,
    Code.ResourceExhausted,
  );
  assert.equal(
    (await failureOf(client.sayHello({ name: "x".repeat(18) }))).code,
    Code.ResourceExhausted,
  );
  await client.sayHello({ name: "x" });
});

test("interceptors see the call as Connect shows it, the first one outermost", async () => {
  await using greeter = await startGreeter();
  const order: string[] = [];
  const key = createContextKey("nobody");
  const noting =
    (name: string): Interceptor =>
    (next) =>
    async (request) => {
      order.push(`${name} in`);
      if (name === "a") {
        assert.equal(
          Object.keys(request).toSorted().join(),
          "contextValues,header,message,method,requestMethod,service,signal,stream,url",
        );
        assert.equal(request.method, GreeterService.method.sayHello);
        assert.equal(request.url, `http://${greeter.target}/greeter.v1.GreeterService/SayHello`);
        assert.equal(request.header.get("content-type"), "application/grpc+proto");
        assert.equal(request.contextValues.get(key), "somebody");
        request.header.set("x-added", "1");
      }
      const response = await next(request);
      order.push(`${name} out`);
      return { ...response, header: new Headers({ "x-own": "2" }) };
    };
  await using channel = insecureChannel(greeter.target, {
    interceptors: [noting("a"), noting("b")],
  });
  let header: Headers | undefined;
  await greeterClient(channel).sayHello(
    { name: "Anna" },
    {
      contextValues: createContextValues().set(key, "somebody"),
      onHeader: (value) => (header = value),
    },
  );
  assert.deepEqual(order, ["a in", "b in", "b out", "a out"]);
  assert.equal(header?.get("x-own"), "2");
});

test("an interceptor's signal is aborted when the call is over, however it ended", async () => {
  await using greeter = await startGreeter();
  const signals: AbortSignal[] = [];
  const keeping: Interceptor = (next) => (request) => {
    signals.push(request.signal);
    return next(request);
  };
  await using channel = insecureChannel(greeter.target, { interceptors: [keeping] });
  const client = greeterClient(channel);
  await client.sayHello({ name: "Anna" });
  for await (const _ of client.sayHelloToEach(named("Anna")))
    assert.equal(signals[1]?.aborted, false);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, true],
  );
});

test("an interceptor that never comes back doesn't hold the caller beyond its deadline", async () => {
  await using greeter = await startGreeter();
  await using channel = insecureChannel(greeter.target, {
    interceptors: [() => () => new Promise(() => {})],
  });
  const error = await failureOf(greeterClient(channel).sayHello({}, { timeoutMs: 30 }));
  assert.equal(error.code, Code.DeadlineExceeded);
  assert.match(error.rawMessage, /in an interceptor/);
});

test("an interceptor that throws ends the call with its error", async () => {
  await using greeter = await startGreeter();
  await using channel = insecureChannel(greeter.target, {
    interceptors: [
      () => () => {
        throw new ConnectError("not you", Code.PermissionDenied);
      },
    ],
  });
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.code, Code.PermissionDenied);
});

test("a nested call has what is left of the outer one's time, and ends with it", async () => {
  const inner = Promise.withResolvers<AbortSignal>();
  await using backend = await startGreeter({
    sayHello(_, context) {
      inner.resolve(context.signal);
      assert.ok((context.timeoutMs() ?? Infinity) <= 30_000);
      return new Promise(() => {});
    },
  });
  await using toBackend = insecureChannel(backend.target);
  await using front = await startGreeter({
    sayHello: (_, context) => greeterClient(toBackend).sayHello({}, nestedCall(context)),
  });
  await using channel = createInMemoryChannel(front.server);
  const abort = new AbortController();
  const call = failureOf(
    greeterClient(channel).sayHello({}, { timeoutMs: 30_000, signal: abort.signal }),
  );
  const signal = await inner.promise;
  const ended = new Promise((resolve) => signal.addEventListener("abort", resolve));
  abort.abort();
  await Promise.all([call, ended]);
});

test("a nested call's own deadline holds where it is the earlier one", () => {
  const { signal } = new AbortController();
  const context = { signal, timeoutMs: () => 500 };
  assert.equal(nestedCall(context, { timeoutMs: 100 }).timeoutMs, 100);
  assert.equal(nestedCall(context, { timeoutMs: 900 }).timeoutMs, 500);
  assert.equal(nestedCall({ signal, timeoutMs: () => -5 }).timeoutMs, 1);
  assert.equal(nestedCall({ signal, timeoutMs: () => undefined }).timeoutMs, undefined);
});
