import assert from "node:assert/strict";
import { connect } from "node:net";
import test from "node:test";
import { Code, createContextValues } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import { accept } from "@privet/http2/node";
import { start } from "@privet/testkit";
import {
  createManualResolver,
  insecureChannel,
  roundRobin,
  SubchannelPool,
  waitForReady,
} from "../../src/index.ts";
import type { Channel, ConnectivityState, Endpoint } from "../../src/index.ts";
import { greeterClient, startGreeter } from "./support/greeter.ts";
import { answer, failureOf, ScriptedServer } from "./support/scripted-server.ts";
import { listenTcp, startProxy } from "./support/tcp.ts";

const quick = { initialMs: 20, maxMs: 40, jitter: 0 };

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function stateOf(channel: Channel, wanted: ConnectivityState): Promise<void> {
  for await (const state of channel.watchState()) if (state === wanted) return;
}

test("a peer that accepts and never sends SETTINGS is given up, and the call told", async () => {
  await using silent = await listenTcp(() => {});
  await using channel = insecureChannel(silent.target, {
    minConnectTimeoutMs: 500,
    backoff: quick,
  });
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.code, Code.Unavailable);
  assert.match(
    error.rawMessage,
    /no connection: 1 address, last error 127.* no SETTINGS .* within 500 ms/,
  );
});

test("a peer that was silent once is connected to again: the channel isn't spoilt", async () => {
  await using server = await startGreeter();
  let silent = true;
  await using proxy = await listenTcp((socket) => {
    if (silent) return;
    const upstream = connect(server.port, "127.0.0.1");
    upstream.on("error", () => {});
    socket.on("close", () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await using channel = insecureChannel(proxy.target, { minConnectTimeoutMs: 50, backoff: quick });
  const client = greeterClient(channel);
  await failureOf(client.sayHello({}));
  silent = false;
  const values = createContextValues().set(waitForReady, true);
  assert.equal(
    (await client.sayHello({ name: "A" }, { contextValues: values })).greeting,
    "Hello, A!",
  );
});

test("a deadline while connecting says so, and what the last error was", async () => {
  await using silent = await listenTcp(() => {});
  await using channel = insecureChannel(silent.target);
  const error = await failureOf(greeterClient(channel).sayHello({}, { timeoutMs: 60 }));
  assert.equal(error.code, Code.DeadlineExceeded);
  assert.match(error.rawMessage, /^deadline passed after \d+ ms while connecting/);
});

test("a port where nobody listens: UNAVAILABLE at once, with the address and the reason", async () => {
  const gone = await listenTcp(() => {});
  await gone[Symbol.asyncDispose]();
  await using channel = insecureChannel(gone.target);
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.code, Code.Unavailable);
  assert.match(
    error.rawMessage,
    /^no connection: 1 address, last error ECONNREFUSED 127\.0\.0\.1:\d+ \(\/greeter\.v1\.GreeterService\/SayHello to 127/,
  );
});

test("a name that doesn't exist: UNAVAILABLE, by name resolution", async () => {
  await using channel = insecureChannel("dns:///nobody.invalid:443");
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.code, Code.Unavailable);
  assert.match(error.rawMessage, /name resolution failed: nobody\.invalid: /);
});

test("a server that accepts only to hang up isn't connected to without a pause", async () => {
  await using rude = await listenTcp((socket) => socket.destroy());
  await using channel = insecureChannel(rude.target, { backoff: { ...quick, maxMs: 20 } });
  const values = createContextValues().set(waitForReady, true);
  await failureOf(greeterClient(channel).sayHello({}, { timeoutMs: 200, contextValues: values }));
  assert.ok(rude.accepts >= 2 && rude.accepts <= 12, `${rude.accepts} attempts in 200 ms`);
});

test("a server that greets with SETTINGS and hangs up isn't connected to without a pause", async () => {
  await using rude = await listenTcp((socket) => {
    accept(socket, { handler: () => ({}) });
    setImmediate(() => setTimeout(() => socket.destroy(), 5));
  });
  await using channel = insecureChannel(rude.target, { backoff: { ...quick, maxMs: 20 } });
  const values = createContextValues().set(waitForReady, true);
  const client = greeterClient(channel);
  const over = performance.now() + 200;
  while (performance.now() < over) {
    await failureOf(client.sayHello({}, { timeoutMs: 50, contextValues: values }));
  }
  assert.ok(rude.accepts <= 15, `${rude.accepts} attempts in 250 ms`);
});

test("a call that waits for a server is answered when there is one", async () => {
  const first = await startGreeter();
  const { port, target } = first;
  await first[Symbol.asyncDispose]();
  await using channel = insecureChannel(target, { backoff: quick });
  const values = createContextValues().set(waitForReady, true);
  const call = greeterClient(channel).sayHello({ name: "Anna" }, { contextValues: values });
  await stateOf(channel, "TRANSIENT_FAILURE");
  await using _second = await startGreeter({}, { port });
  assert.equal((await call).greeting, "Hello, Anna!");
});

test("waitForReady of the service config does the same, and a call may say no", async () => {
  const gone = await listenTcp(() => {});
  await gone[Symbol.asyncDispose]();
  await using channel = insecureChannel(gone.target, {
    serviceConfig: { methodConfig: [{ name: [{}], waitForReady: true }] },
  });
  const client = greeterClient(channel);
  const waiting = await failureOf(client.sayHello({}, { timeoutMs: 60 }));
  assert.equal(waiting.code, Code.DeadlineExceeded);
  assert.match(waiting.rawMessage, /while connecting \(no connection: 1 address, last error ECONN/);
  const values = createContextValues().set(waitForReady, false);
  const refused = await failureOf(client.sayHello({}, { contextValues: values }));
  assert.equal(refused.code, Code.Unavailable);
});

test("a server that restarts during a call: the call fails, the next is answered", async () => {
  const begun = Promise.withResolvers<void>();
  const first = await startGreeter({
    sayHello() {
      begun.resolve();
      return new Promise(() => {});
    },
  });
  const { port, target } = first;
  await using channel = insecureChannel(target, { backoff: quick });
  const client = greeterClient(channel);
  const lost = failureOf(client.sayHello({}));
  await begun.promise;
  await first[Symbol.asyncDispose]();
  assert.equal((await lost).code, Code.Unavailable);
  await using _second = await startGreeter({}, { port });
  const values = createContextValues().set(waitForReady, true);
  for (let i = 0; i < 20; i++) await client.sayHello({}, { contextValues: values });
});

test("GOAWAY on an idle connection is nobody's failure: the next call gets another", async () => {
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target);
  const client = greeterClient(channel);
  await client.sayHello({});
  server.requests[0]?.connection.connection.drain("max_idle");
  await stateOf(channel, "IDLE");
  await client.sayHello({});
  assert.equal(server.connections, 2);
});

test("GOAWAY during calls: those that run go on, those that come go elsewhere", async () => {
  await using server = await ScriptedServer.start((request) => {
    if (request.index > 0) answer(request);
    else request.connection.connection.drain("max_age");
  });
  await using channel = insecureChannel(server.target);
  const client = greeterClient(channel);
  const first = client.sayHello({});
  await stateOf(channel, "IDLE");
  await client.sayHello({});
  const [request] = server.requests;
  if (request !== undefined) answer(request, "late");
  assert.equal((await first).greeting, "late");
  assert.equal(server.connections, 2);
});

test("calls beyond the server's streams wait, in order, and all are answered", async () => {
  let open = 0;
  let most = 0;
  await using server = await ScriptedServer.start(
    (request) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        answer(request, String(request.index));
      });
    },
    { limits: { maxConcurrentStreams: 2 } },
  );
  await using channel = insecureChannel(server.target);
  const client = greeterClient(channel);
  const calls = Array.from({ length: 50 }, () => client.sayHello({}));
  const greetings = (await Promise.all(calls)).map(({ greeting }) => Number(greeting));
  assert.deepEqual(
    greetings,
    greetings.toSorted((a, b) => a - b),
  );
  assert.equal(most, 2);
  assert.equal(server.connections, 1);
});

test("a call that waits for a stream is ended by its deadline, which says so", async () => {
  await using server = await ScriptedServer.start(() => {}, {
    limits: { maxConcurrentStreams: 1 },
  });
  await using channel = insecureChannel(server.target);
  const client = greeterClient(channel);
  const abort = new AbortController();
  const first = failureOf(client.sayHello({}, { signal: abort.signal }));
  const error = await failureOf(client.sayHello({}, { timeoutMs: 80 }));
  assert.match(error.rawMessage, /while waiting for one of the server's streams/);
  abort.abort();
  await first;
});

test("a call that waits for a stream goes elsewhere when its connection goes", async () => {
  await using server = await ScriptedServer.start(
    (request) => {
      if (request.index > 0) answer(request);
    },
    { limits: { maxConcurrentStreams: 1 } },
  );
  await using channel = insecureChannel(server.target);
  const client = greeterClient(channel);
  const first = client.sayHello({});
  await until(() => server.requests.length === 1);
  const second = client.sayHello({});
  const [request] = server.requests;
  request?.connection.connection.drain("max_age");
  assert.equal((await second).greeting, "ok");
  if (request !== undefined) answer(request, "late");
  assert.equal((await first).greeting, "late");
  assert.equal(server.connections, 2);
});

test("a black hole is found out by keepalive, the call told, and the next one answered", async () => {
  await using server = await ScriptedServer.start((request) => {
    if (request.index > 0) answer(request);
  });
  await using proxy = await startProxy(server.port);
  await using channel = insecureChannel(proxy.target, {
    // Below the floor of 10 s there is only the engine's own limit.
    limits: { keepaliveTimeoutMs: 50 },
    keepaliveTimeMs: 10_000,
  });
  const client = greeterClient(channel);
  const call = failureOf(client.sayHello({}, { timeoutMs: 15_000 }));
  await until(() => server.requests.length > 0);
  proxy.blackHole();
  const error = await call;
  assert.equal(error.code, Code.Unavailable);
  assert.match(error.rawMessage, /connection was lost \(keepalive_timeout\)/);
  assert.equal((await client.sayHello({})).greeting, "ok");
});

test("too_many_pings makes the connections that follow ping half as often", async () => {
  await using server = await ScriptedServer.start(answer);
  const pool = new SubchannelPool();
  await using channel = insecureChannel(server.target, {
    keepaliveTimeMs: 10_000,
    subchannelPool: pool,
  });
  const client = greeterClient(channel);
  await client.sayHello({});
  server.requests[0]?.connection.connection.abort(ErrorCode.ENHANCE_YOUR_CALM, "too_many_pings");
  await stateOf(channel, "IDLE");
  await client.sayHello({});
  assert.equal(server.connections, 2);
});

test("an idle channel lets its connections go, and comes back with a call", async () => {
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target, { idleTimeoutMs: 40 });
  const client = greeterClient(channel);
  await client.sayHello({});
  assert.equal(channel.state, "READY");
  await stateOf(channel, "IDLE");
  await client.sayHello({});
  assert.equal(server.connections, 2);
});

test("the states are told in order, up to SHUTDOWN", async () => {
  await using greeter = await startGreeter();
  const channel = insecureChannel(greeter.target);
  const states: ConnectivityState[] = [];
  const watching = (async () => {
    for await (const state of channel.watchState()) states.push(state);
  })();
  channel.connect();
  await stateOf(channel, "READY");
  await channel.close();
  await watching;
  assert.deepEqual(states, ["IDLE", "CONNECTING", "READY", "SHUTDOWN"]);
});

test("watching ends when its signal is aborted", async () => {
  await using channel = insecureChannel("localhost:1");
  const abort = new AbortController();
  const states = channel.watchState(abort.signal);
  assert.equal((await states.next()).value, "IDLE");
  const next = states.next();
  abort.abort();
  assert.equal((await next).done, true);
});

test("channels to the same server share a connection, unless told not to", async () => {
  await using server = await ScriptedServer.start(answer);
  await using one = insecureChannel(server.target);
  await using two = insecureChannel(server.target);
  await using alone = insecureChannel(server.target, { subchannelPool: new SubchannelPool() });
  for (const channel of [one, two, alone]) await greeterClient(channel).sayHello({});
  assert.equal(server.connections, 2);
});

function endpointOf({ port }: ScriptedServer): Endpoint {
  return { addresses: [{ kind: "tcp", host: "127.0.0.1", port }] };
}

test("round_robin spreads calls over servers, and leaves one that goes away", async () => {
  await using a = await ScriptedServer.start((request) => answer(request, "a"));
  const b = await ScriptedServer.start((request) => answer(request, "b"));
  const resolver = createManualResolver();
  resolver.update({ endpoints: [endpointOf(a), endpointOf(b)] });
  await using channel = insecureChannel("test", { resolver, balancer: roundRobin() });
  const client = greeterClient(channel);
  const shares = { a: 0, b: 0 };
  while (shares.a === 0 || shares.b === 0) {
    const { greeting } = await client.sayHello({});
    shares[greeting as "a" | "b"]++;
  }
  const before = { ...shares };
  for (let i = 0; i < 10; i++) {
    const { greeting } = await client.sayHello({});
    shares[greeting as "a" | "b"]++;
  }
  assert.deepEqual([shares.a - before.a, shares.b - before.b], [5, 5]);
  resolver.update({ endpoints: [endpointOf(a)] });
  for (let i = 0; i < 10; i++) assert.equal((await client.sayHello({})).greeting, "a");
  await b[Symbol.asyncDispose]();
});

test("a wrong service config is an error that names the place", () => {
  assert.throws(
    () =>
      insecureChannel("localhost:1", {
        serviceConfig: { methodConfig: [{ name: [{}], timeout: 5 }] },
      }),
    /\$\.methodConfig\[0\]\.timeout/,
  );
});

test("a target that asks for TLS isn't called without", () => {
  assert.throws(() => insecureChannel("https://localhost"), /secureChannel/);
});

test("a process whose only work is an idle channel ends by itself", async () => {
  await using greeter = await startGreeter();
  const program = `
    import { createClient } from "@connectrpc/connect";
    import { insecureChannel } from "@privet/rpc-channel";
    import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
    const channel = insecureChannel("${greeter.target}");
    console.log((await createClient(GreeterService, channel).sayHello({ name: "Anna" })).greeting);
    console.log(channel.state);
  `;
  const options = ["-C", "@privet/source", "--input-type=module-typescript", "--eval", program];
  await using child = start(process.execPath, options, { cwd: import.meta.dirname });
  const { stdout, code } = await child.result;
  assert.equal(stdout, "Hello, Anna!\nREADY\n");
  assert.equal(code, 0);
});
