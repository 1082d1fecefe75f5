import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError, createContextValues } from "@connectrpc/connect";
import type { Interceptor } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import { insecureChannel, waitForReady } from "../../src/index.ts";
import { greeterClient, named, startGreeter } from "./support/greeter.ts";
import { answer, failureOf, grpcHead, refuse, ScriptedServer } from "./support/scripted-server.ts";

const retryPolicy = {
  maxAttempts: 4,
  initialBackoff: "0.01s",
  maxBackoff: "0.02s",
  backoffMultiplier: 1,
  retryableStatusCodes: ["UNAVAILABLE"],
};
const retrying = { serviceConfig: { methodConfig: [{ name: [{}], retryPolicy }] } };

function previousAttempts(server: ScriptedServer): (string | undefined)[] {
  return server.requests.map(({ headers }) => headers.get("grpc-previous-rpc-attempts"));
}

test("a policy's code is tried again, and the server told how often", async () => {
  await using server = await ScriptedServer.start((request) => {
    if (request.index < 2) refuse(request, Code.Unavailable);
    else answer(request);
  });
  await using channel = insecureChannel(server.target, retrying);
  assert.equal((await greeterClient(channel).sayHello({})).greeting, "ok");
  assert.deepEqual(previousAttempts(server), [undefined, "1", "2"]);
});

test("a server that isn't there yet is tried again by the policy", async () => {
  const probe = await startGreeter();
  const { port, target } = probe;
  await probe[Symbol.asyncDispose]();
  const patient = { ...retryPolicy, maxAttempts: 5, initialBackoff: "0.4s", maxBackoff: "0.4s" };
  await using channel = insecureChannel(target, {
    serviceConfig: { methodConfig: [{ name: [{}], retryPolicy: patient }] },
    backoff: { initialMs: 100, maxMs: 100 },
  });
  const greeting = greeterClient(channel).sayHello({ name: "Мир" });
  for await (const state of channel.watchState()) if (state === "TRANSIENT_FAILURE") break;
  await using _server = await startGreeter({}, { port });
  assert.equal((await greeting).greeting, "Hello, Мир!");
});

test("a server that never comes fails the call when the policy's attempts are made", async () => {
  const probe = await startGreeter();
  await probe[Symbol.asyncDispose]();
  await using channel = insecureChannel(probe.target, retrying);
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.code, Code.Unavailable);
  assert.match(error.rawMessage, /^no connection: .+, 4 attempts\)$/);
});

test("after the policy's last attempt, its error is the call's", async () => {
  await using server = await ScriptedServer.start((request) =>
    refuse(request, Code.Unavailable, ["grpc-message", `no ${request.index}`]),
  );
  await using channel = insecureChannel(server.target, retrying);
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.rawMessage, "no 3");
  assert.equal(server.requests.length, 4);
});

test("other codes are final, and so is every code without a policy", async () => {
  await using server = await ScriptedServer.start((request) =>
    refuse(request, request.headers.get("x-code") === "3" ? 3 : Code.Unavailable),
  );
  await using channel = insecureChannel(server.target, retrying);
  await failureOf(greeterClient(channel).sayHello({}, { headers: { "x-code": "3" } }));
  assert.equal(server.requests.length, 1);
  await using plain = insecureChannel(server.target);
  await failureOf(greeterClient(plain).sayHello({}));
  assert.equal(server.requests.length, 2);
});

test("push-back: a delay is kept to, and a negative one stops", async () => {
  await using server = await ScriptedServer.start((request) => {
    const pushback = request.index === 0 ? "60" : "-1";
    refuse(request, Code.Unavailable, ["grpc-retry-pushback-ms", pushback]);
  });
  await using channel = insecureChannel(server.target, retrying);
  const startedAt = performance.now();
  await failureOf(greeterClient(channel).sayHello({}));
  assert.ok(performance.now() - startedAt >= 60);
  assert.equal(server.requests.length, 2);
});

test("once the response has begun, nothing is tried again", async () => {
  await using server = await ScriptedServer.start(({ stream }) => {
    stream.sendHeaders(grpcHead);
    stream.sendTrailers(["grpc-status", "14"]);
  });
  await using channel = insecureChannel(server.target, retrying);
  await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(server.requests.length, 1);
});

test("throttling: a server that fails isn't tried again and again", async () => {
  await using server = await ScriptedServer.start((request) => refuse(request, Code.Unavailable));
  await using channel = insecureChannel(server.target, {
    serviceConfig: {
      ...retrying.serviceConfig,
      retryThrottling: { maxTokens: 4, tokenRatio: 0.1 },
    },
  });
  const client = greeterClient(channel);
  for (let i = 0; i < 5; i++) await failureOf(client.sayHello({}));
  // Two failures leave half of the tokens: from then on, each call is one attempt.
  assert.equal(server.requests.length, 6);
});

test("REFUSED_STREAM is tried again once, without a policy, and not counted", async () => {
  await using server = await ScriptedServer.start((request) => {
    if (request.index === 0) request.stream.reset(ErrorCode.REFUSED_STREAM);
    else answer(request);
  });
  await using channel = insecureChannel(server.target);
  assert.equal((await greeterClient(channel).sayHello({})).greeting, "ok");
  assert.deepEqual(previousAttempts(server), [undefined, undefined]);
});

test("REFUSED_STREAM twice is the call's failure", async () => {
  await using server = await ScriptedServer.start(({ stream }) =>
    stream.reset(ErrorCode.REFUSED_STREAM),
  );
  await using channel = insecureChannel(server.target);
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.code, Code.Unavailable);
  assert.equal(server.requests.length, 2);
});

test("a connection that is cut is no reason to try again, without a policy", async () => {
  await using server = await ScriptedServer.start(({ connection }) => connection.socket.destroy());
  await using channel = insecureChannel(server.target);
  await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(server.requests.length, 1);
});

test("a stream of requests is sent again from its beginning, and then goes on", async () => {
  const bodies: number[] = [];
  await using server = await ScriptedServer.start((request) => {
    bodies.push(request.body.length);
    if (request.index === 0) refuse(request, Code.Unavailable);
    else answer(request);
  });
  await using channel = insecureChannel(server.target, retrying);
  const { greeting: text } = await greeterClient(channel).sayHelloToAll(named("Anna", "Boris"));
  assert.equal(text, "ok");
  assert.equal(bodies.length, 2);
  assert.equal(bodies[0], bodies[1]);
});

test("a request beyond the buffer's limit is sent once", async () => {
  await using server = await ScriptedServer.start((request) => refuse(request, Code.Unavailable));
  await using channel = insecureChannel(server.target, { ...retrying, retryBufferBytes: 100 });
  await failureOf(greeterClient(channel).sayHelloToAll(named("x".repeat(200))));
  assert.equal(server.requests.length, 1);
});

test("interceptors run once a call, and not once an attempt", async () => {
  await using server = await ScriptedServer.start((request) => {
    if (request.index < 2) refuse(request, Code.Unavailable);
    else answer(request);
  });
  let runs = 0;
  const counting: Interceptor = (next) => (request) => {
    runs++;
    return next(request);
  };
  await using channel = insecureChannel(server.target, { ...retrying, interceptors: [counting] });
  await greeterClient(channel).sayHello({});
  assert.equal(runs, 1);
  assert.equal(server.requests.length, 3);
});

test("a deadline holds over all attempts, and says what the last one was", async () => {
  await using server = await ScriptedServer.start((request) =>
    refuse(request, Code.Unavailable, ["grpc-message", "not yet", "grpc-retry-pushback-ms", "500"]),
  );
  await using channel = insecureChannel(server.target, retrying);
  const error = await failureOf(greeterClient(channel).sayHello({}, { timeoutMs: 80 }));
  assert.equal(error.code, Code.DeadlineExceeded);
  assert.match(
    error.rawMessage,
    /while waiting to try again, last attempt: not yet .*, 2 attempts\)/,
  );
});

test("the Connect protocol: unary calls are tried again by status too", async () => {
  let calls = 0;
  await using greeter = await startGreeter({
    sayHello({ name }, { requestHeader }) {
      if (++calls < 3) throw new ConnectError("not yet", Code.Unavailable);
      return { greeting: `${name} ${requestHeader.get("grpc-previous-rpc-attempts")}` };
    },
  });
  await using channel = insecureChannel(greeter.target, { ...retrying, protocol: "connect" });
  assert.equal((await greeterClient(channel).sayHello({ name: "Anna" })).greeting, "Anna 2");
});

test("a rolling restart of the servers under load fails no call, with retries on", async () => {
  let greeter = await startGreeter();
  const { port, target } = greeter;
  await using channel = insecureChannel(target, {
    ...retrying,
    backoff: { initialMs: 10, maxMs: 20 },
  });
  const client = greeterClient(channel);
  const contextValues = createContextValues().set(waitForReady, true);
  const load = { running: true, done: 0 };
  const workers = Array.from({ length: 8 }, async () => {
    while (load.running) {
      await client.sayHello({ name: "Anna" }, { contextValues, timeoutMs: 10_000 });
      load.done++;
    }
  });
  for (let restart = 1; restart <= 3; restart++) {
    while (load.done < 200 * restart) await new Promise((resolve) => setImmediate(resolve));
    await greeter.server.stop({ graceMs: 2_000 });
    greeter = await startGreeter({}, { port });
  }
  load.running = false;
  await Promise.all(workers);
  await greeter[Symbol.asyncDispose]();
});
