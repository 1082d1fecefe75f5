import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import { friendly, greetings, named, paths, routes } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

test("a client whose messages nobody reads can send no more than a window", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let read = 0;
  const pair = new Pair({
    limits: { initialStreamWindow: 70_000 },
    routes: routes({
      async sayHelloToAll(requests) {
        await promise;
        for await (const _ of requests) read++;
        return {};
      },
    }),
  });
  const call = pair.open(paths.client);
  await turns(3);
  for (let i = 0; i < 200; i++) call.send(named("x".repeat(1000)));
  call.end();
  await turns(20);
  assert.ok(call.stream.queued > 100_000, "most of it waits at the client");
  resolve();
  await call.ended;
  assert.equal(read, 200);
  assert.equal(call.status, "0");
});

test("a generator waits while the client takes nothing", async () => {
  let yielded = 0;
  const pair = new Pair({
    routes: routes({
      async *sayHelloInLanguages() {
        for (; yielded < 100; yielded++) yield { greeting: "x".repeat(10_000) };
      },
    }),
  });
  const call = pair.open(paths.server, [], { consume: false }).send(named("Anna")).end();
  await call.until(() => call.body.length >= 65_535);
  await turns(20);
  assert.ok(yielded < 40, `${yielded} messages were made for a window and a queue of 64 KiB each`);
  call.reset();
  await turns(3);
  assert.equal(pair.dispatcher.activeCalls, 0);
});

test("a message larger than the window arrives whole", async () => {
  const name = "x".repeat(3_000_000);
  const pair = new Pair({ routes: routes(friendly) });
  for (const path of [paths.unary, paths.client, paths.bidi]) {
    const call = await pair.open(path).send(named(name)).end().ended;
    assert.equal(call.status, "0", path);
    assert.equal(greetings(call)[0]?.length, name.length + "Hello, !".length);
  }
});

test("messages that are yielded together leave in one frame", async () => {
  const pair = new Pair({
    routes: routes({
      async *sayHelloInLanguages() {
        for (let i = 0; i < 100; i++) yield { greeting: String(i) };
      },
    }),
  });
  const call = await pair.open(paths.server).send(named("Anna")).end().ended;
  assert.equal(greetings(call).length, 100);
  assert.equal(pair.server.stats().dataFramesSent, 1);
});

test("an answer before the end of the request is whole, and tells the client to stop", async () => {
  const pair = new Pair({
    routes: routes({ sayHelloToAll: async () => ({ greeting: "enough" }) }),
  });
  const call = await pair.open(paths.client).send(named("Anna")).ended;
  assert.deepEqual(greetings(call), ["enough"]);
  assert.equal(call.status, "0");
  assert.equal(call.closedBy?.by, "peerReset");
  assert.equal(call.closedBy?.code, ErrorCode.NO_ERROR);
});

test("an implementation that has read enough lets the client send the rest", async () => {
  const pair = new Pair({
    limits: { initialStreamWindow: 70_000 },
    routes: routes({
      async sayHelloToAll(requests, { signal }) {
        for await (const { name } of requests) {
          if (name === "enough") break;
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
        assert.equal(signal.aborted, false);
        assert.deepEqual(await requests[Symbol.asyncIterator]().next(), {
          done: true,
          value: undefined,
        });
        return { greeting: "thanks" };
      },
    }),
  });
  const call = pair.open(paths.client).send(named("enough"));
  for (let i = 0; i < 200; i++) call.send(named("x".repeat(1000)));
  await call.end().ended;
  assert.deepEqual(greetings(call), ["thanks"]);
  assert.equal(call.closedBy?.by, "end");
});

test("an iterator of one's own making is thrown into and returned when its client leaves", async () => {
  const told: string[] = [];
  const pair = new Pair({
    routes: routes({
      sayHelloInLanguages: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise(() => {}),
          throw(error: unknown) {
            told.push(`throw ${String(error instanceof ConnectError && Code[error.code])}`);
            return Promise.resolve({ done: true, value: undefined });
          },
          return() {
            told.push("return");
            return Promise.resolve({ done: true, value: undefined });
          },
        }),
      }),
    }),
  });
  const call = pair.open(paths.server).send(named("Anna")).end();
  await turns(3);
  call.reset();
  await turns(3);
  assert.deepEqual(told, ["throw Canceled", "return"]);
});

test("a generator runs its finally before a failure of its message is answered", async () => {
  const pair = new Pair({
    writeMaxBytes: 100,
    routes: routes({
      async *sayHelloInLanguages(_request, { responseTrailer }) {
        try {
          yield { greeting: "x".repeat(200) };
        } finally {
          responseTrailer.set("x-final", "yes");
        }
      },
    }),
  });
  const call = await pair.open(paths.server).send(named("Anna")).end().ended;
  assert.equal(call.status, "8");
  assert.equal(call.trailer("x-final"), "yes");
});

test("several readers of one request each get their own messages", async () => {
  const pair = new Pair({
    routes: routes({
      async sayHelloToAll(requests) {
        const iterator = requests[Symbol.asyncIterator]();
        const results = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
        return {
          greeting: results.map((r) => (r.done === true ? "end" : r.value.name)).join(" "),
        };
      },
    }),
  });
  const call = pair.open(paths.client);
  await turns(2);
  call.send(named("a"));
  await turns(2);
  await call.send(named("b")).end().ended;
  assert.deepEqual(greetings(call), ["a b end"]);
});

test("a broken message in the middle of a request is thrown where it is read", async () => {
  const read: string[] = [];
  const pair = new Pair({
    routes: routes({
      async sayHelloToAll(requests) {
        for await (const { name } of requests) read.push(name);
        return {};
      },
    }),
  });
  const call = pair
    .open(paths.client)
    .send(named("a"))
    .send(Uint8Array.of(0, 0, 0, 0, 2, 10, 9));
  await call.ended;
  assert.deepEqual(read, ["a"]);
  assert.equal(call.status, "13");
  assert.match(call.message, /^parse binary: /);
});

test("a request of a million empty messages costs no more than its octets until it is read", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let read = 0;
  const pair = new Pair({
    routes: routes({
      async sayHelloToAll(requests) {
        await promise;
        for await (const _ of requests) read++;
        return {};
      },
    }),
  });
  const call = pair.open(paths.client);
  await turns(2);
  call.send(new Uint8Array(500_000)).end();
  await turns(30);
  assert.ok(call.stream.queued > 0, "the rest waits at the client");
  resolve();
  await call.ended;
  assert.equal(read, 100_000);
});

test("headers may be set until the first message, and come with it", async () => {
  const pair = new Pair({
    routes: routes({
      async *sayHelloInLanguages(_request, { responseHeader }) {
        await turns(2);
        responseHeader.set("x-head", "in time");
        yield { greeting: "one" };
        responseHeader.set("x-head", "too late");
        yield { greeting: "two" };
      },
    }),
  });
  const call = await pair.open(paths.server).send(named("Anna")).end().ended;
  assert.equal(call.field("x-head"), "in time");
});
