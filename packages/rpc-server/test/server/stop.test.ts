import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { suite, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import {
  Health as HealthService,
  HealthCheckResponse_ServingStatus as Status,
} from "@privet/grpc-wire/grpc/health/v1/health_pb.js";
import { createHealth } from "../../src/index.ts";
import { clientAt, createGreeterServer, serve } from "../testkit/serving.ts";
import type { Greeter } from "../testkit/serving.ts";

/** An implementation that answers when it is told to, and says when it has begun. */
function held(): { greeter: Greeter; begun: Promise<AbortSignal>; answer: () => void } {
  const { promise: release, resolve: answer } = Promise.withResolvers<void>();
  const { promise: begun, resolve } = Promise.withResolvers<AbortSignal>();
  return {
    begun,
    answer,
    greeter: {
      async sayHello(_request, { signal }) {
        resolve(signal);
        await release;
        return { greeting: "hello at last" };
      },
    },
  };
}

function hasCode(code: Code): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ConnectError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

/** Resolves when nobody listens any more: what has been in the queue is accepted before. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
    } catch (error) {
      // One that comes between the last look at the queue and the end of it is reset.
      if ((error as NodeJS.ErrnoException).code === "ECONNREFUSED") return;
    } finally {
      socket.destroy();
    }
  }
}

for (const engine of ["privet", "node"] as const) {
  suite(`stop() on the engine «${engine}»`, () => {
    for (const protocol of ["gRPC", "Connect on HTTP/1.1"] as const) {
      test(`lets a call that is open end, over ${protocol}`, async () => {
        const { greeter, begun, answer } = held();
        const { server, port } = await serve({ greeter, portOptions: { engine } });
        using client = clientAt(port, protocol);
        const call = client.greeter.sayHello({ name: "Ada" });
        await begun;
        const stopped = server.stop({ graceMs: 60_000 });
        answer();
        assert.equal((await call).greeting, "hello at last");
        await stopped;
      });
    }

    test("accepts no more connections", async () => {
      const { greeter, begun, answer } = held();
      const { server, port } = await serve({ greeter, portOptions: { engine } });
      using client = clientAt(port);
      const call = client.greeter.sayHello({ name: "Ada" });
      await begun;
      const stopped = server.stop({ graceMs: 60_000 });
      await refused(port);
      using late = clientAt(port);
      await assert.rejects(late.greeter.sayHello({ name: "Ada" }), hasCode(Code.Unavailable));
      answer();
      await call;
      await stopped;
    });

    test("ends with its connections when nobody calls", async () => {
      const { server, port } = await serve({ portOptions: { engine } });
      using client = clientAt(port);
      await client.greeter.sayHello({ name: "Ada" });
      await server.stop({ graceMs: 60_000 });
    });

    test("aborts the signals of what is still open after the grace", async () => {
      const { greeter, begun } = held();
      const { server, port, logger } = await serve({ greeter, portOptions: { engine } });
      using client = clientAt(port);
      const call = client.greeter.sayHello({ name: "Ada" });
      call.catch(() => {});
      const signal = await begun;
      await server.stop({ graceMs: 20 });
      assert.ok(signal.aborted);
      hasCode(Code.Unavailable)(signal.reason);
      await assert.rejects(call, ConnectError);
      const warning = logger.entries.find(({ message }) => /grace is over/.test(message));
      assert.deepEqual(warning?.fields, { calls: 1 });
    });

    test("an implementation that hears its signal after the grace can still answer", async () => {
      const { promise: begun, resolve } = Promise.withResolvers<void>();
      const greeter: Greeter = {
        async *sayHelloInLanguages(_request, { signal }) {
          yield { greeting: "wait" };
          resolve();
          await new Promise((wake) => signal.addEventListener("abort", wake));
          yield { greeting: "goodbye" };
        },
      };
      const { server, port } = await serve({ greeter, portOptions: { engine } });
      using client = clientAt(port);
      const greetings: string[] = [];
      const call = (async () => {
        for await (const { greeting } of client.greeter.sayHelloInLanguages({})) {
          greetings.push(greeting);
        }
      })();
      await begun;
      const stopped = server.stop({ graceMs: 20 });
      await call;
      await stopped;
      assert.deepEqual(greetings, ["wait", "goodbye"]);
    });
  });
}

suite("stop()", () => {
  test("a call that is cut off is UNAVAILABLE to its client", async () => {
    const { greeter, begun } = held();
    const { server, port } = await serve({ greeter });
    using client = clientAt(port);
    const call = client.greeter.sayHello({ name: "Ada" });
    call.catch(() => {});
    await begun;
    await server.stop();
    await assert.rejects(call, hasCode(Code.Unavailable));
  });

  for (const kind of ["unary", "server streaming"] as const) {
    test(`a ${kind} implementation that its signal has stopped is UNAVAILABLE to its client`, async () => {
      const { promise: begun, resolve } = Promise.withResolvers<void>();
      const sleep = async (signal: AbortSignal): Promise<{ greeting: string }> => {
        resolve();
        await delay(60_000, undefined, { signal });
        return { greeting: "too late" };
      };
      const greeter: Greeter = {
        sayHello: (_request, { signal }) => sleep(signal),
        async *sayHelloInLanguages(_request, { signal }) {
          yield await sleep(signal);
        },
      };
      const { server, port, logger } = await serve({ greeter });
      using client = clientAt(port);
      const call =
        kind === "unary"
          ? client.greeter.sayHello({ name: "Ada" })
          : client.greeter.sayHelloInLanguages({})[Symbol.asyncIterator]().next();
      const rejected = assert.rejects(call, hasCode(Code.Unavailable));
      await begun;
      await server.stop();
      await rejected;
      assert.deepEqual(
        logger.entries.filter(({ level }) => level === "error"),
        [],
      );
    });
  }

  test("may be called again: a shorter grace counts, a longer one doesn't", async () => {
    const { greeter, begun } = held();
    const { server, port } = await serve({ greeter });
    using client = clientAt(port);
    const call = client.greeter.sayHello({ name: "Ada" });
    call.catch(() => {});
    await begun;
    const first = server.stop({ graceMs: 60_000 });
    const second = server.stop({ graceMs: 0 });
    const third = server.stop({ graceMs: 60_000 });
    await Promise.all([first, second, third, server.terminated]);
    await assert.rejects(call, hasCode(Code.Unavailable));
    await server.stop();
  });

  test("a server that was never started stops at once", async () => {
    const { server } = createGreeterServer();
    await server.addInsecurePort("127.0.0.1:0");
    await server.stop({ graceMs: 60_000 });
    await server.terminated;
  });

  test("says NOT_SERVING first, and lets go of those who watch", async () => {
    const { greeter, begun, answer } = held();
    const { server, port } = await serve({ greeter, health: createHealth() });
    using client = clientAt(port);
    const health = createClient(HealthService, client.transport);
    const watch = health.watch({})[Symbol.asyncIterator]();
    assert.equal((await watch.next()).value?.status, Status.SERVING);
    const call = client.greeter.sayHello({ name: "Ada" });
    await begun;
    const stopped = server.stop({ graceMs: 60_000 });
    assert.equal((await watch.next()).value?.status, Status.NOT_SERVING);
    await assert.rejects(watch.next(), hasCode(Code.Unavailable));
    answer();
    await call;
    await stopped;
  });

  test("a connection of HTTP/1.1 that is kept alive is closed with its response", async () => {
    const { greeter, begun, answer } = held();
    const { server, port } = await serve({ greeter });
    const agent = new Agent({ keepAlive: true });
    const response = new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        {
          agent,
          port,
          host: "127.0.0.1",
          method: "POST",
          path: "/greeter.v1.GreeterService/SayHello",
          headers: { "content-type": "application/json" },
        },
        (incoming) => incoming.resume().once("end", () => resolve(incoming.statusCode ?? 0)),
      );
      request.once("error", reject).end("{}");
    });
    await begun;
    const stopped = server.stop({ graceMs: 60_000 });
    answer();
    assert.equal(await response, 200);
    await stopped;
    agent.destroy();
  });
});
