import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { peerKey } from "../../src/index.ts";
import { greetings, kinds, named, paths } from "../call/testkit/greeter.ts";
import { MemoryClient } from "../testkit/memory-client.ts";
import { createGreeterServer } from "../testkit/serving.ts";
import { VirtualClock } from "../testkit/virtual-clock.ts";

suite("an in-memory port", () => {
  test("serves all kinds of calls without a network", async () => {
    const { server } = createGreeterServer();
    const port = server.addInMemoryPort();
    await server.start();
    const client = await MemoryClient.open(port.connect());
    for (const kind of kinds) {
      const call = await client.call(paths[kind]).send(named("Ada")).end().ended;
      assert.equal(call.status, "0");
      // Greetings in no languages are none.
      assert.deepEqual(greetings(call), kind === "server" ? [] : ["hello Ada"]);
    }
    await server.stop();
  });

  test("each connection is one of its own, and its peer is memory", async () => {
    const peers: string[] = [];
    const { server } = createGreeterServer({
      greeter: {
        sayHello(_request, context) {
          peers.push(context.values.get(peerKey).address);
          return {};
        },
      },
    });
    const port = server.addInMemoryPort();
    await server.start();
    for (let i = 0; i < 2; i++) {
      const client = await MemoryClient.open(port.connect());
      await client.call(paths.unary).send(named("Ada")).end().ended;
    }
    assert.deepEqual(peers, ["memory", "memory"]);
    await server.stop();
    assert.throws(() => port.connect(), /has been stopped/);
  });

  test("a deadline passes when the clock of the server says so", async () => {
    const clock = new VirtualClock();
    const { promise: begun, resolve } = Promise.withResolvers<AbortSignal>();
    const { server } = createGreeterServer({
      clock,
      greeter: {
        sayHello(_request, { signal }) {
          resolve(signal);
          return new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
          });
        },
      },
    });
    const port = server.addInMemoryPort();
    await server.start();
    const client = await MemoryClient.open(port.connect());
    const call = client.call(paths.unary, ["grpc-timeout", "1H"]).send(named("Ada")).end();
    const signal = await begun;
    clock.advance(3_599_000);
    assert.ok(!signal.aborted);
    clock.advance(2000);
    assert.ok(signal.aborted);
    assert.equal((await call.ended).status, "4");
    await server.stop();
  });

  test("a connection that is idle for too long is ended, in virtual time too", async () => {
    const clock = new VirtualClock();
    const closed: string[] = [];
    const { server } = createGreeterServer({
      clock,
      limits: { maxConnectionIdleMs: 60_000 },
      observer: {
        connectionClosed({ address }) {
          closed.push(address);
        },
      },
    });
    const port = server.addInMemoryPort();
    await server.start();
    const client = await MemoryClient.open(port.connect());
    await client.call(paths.unary).send(named("Ada")).end().ended;
    while (closed.length === 0) {
      clock.advance(1000);
      await nextTurn();
    }
    assert.ok(clock.now() >= 60_000 && clock.now() <= 65_000, `${clock.now()}`);
    await server.stop();
  });
});
