import assert from "node:assert/strict";
import test from "node:test";
import { createInMemoryChannel, insecureChannel } from "../../src/index.ts";
import type { Channel, ChannelOptions } from "../../src/index.ts";
import { greeterClient, named, type RunningServer, startGreeter } from "./support/greeter.ts";

type Way = readonly [name: string, open: (greeter: RunningServer) => Channel];

function over(options: ChannelOptions): Way[1] {
  return ({ target }) => insecureChannel(`http://${target}`, options);
}

const ways: readonly Way[] = [
  ["gRPC over TCP", over({})],
  ["gRPC in JSON", over({ useBinaryFormat: false })],
  ["gRPC in memory", ({ server }) => createInMemoryChannel(server)],
  ["Connect over the channel", over({ protocol: "connect" })],
  ["gRPC-Web over the channel", over({ protocol: "grpc-web" })],
  ["Connect in memory", ({ server }) => createInMemoryChannel(server, { protocol: "connect" })],
];

for (const [name, open] of ways) {
  test(`${name}: the four kinds of calls`, async () => {
    await using greeter = await startGreeter();
    await using channel = open(greeter);
    const client = greeterClient(channel);
    assert.equal((await client.sayHello({ name: "Anna" })).greeting, "Hello, Anna!");
    const tags: string[] = [];
    for await (const { languageTag } of client.sayHelloInLanguages({
      name: "Anna",
      languageTags: ["en", "fr"],
    })) {
      tags.push(languageTag);
    }
    assert.deepEqual(tags, ["en", "fr"]);
    assert.equal(
      (await client.sayHelloToAll(named("Anna", "Boris"))).greeting,
      "Hello, Anna, Boris!",
    );
    const greetings: string[] = [];
    for await (const { greeting } of client.sayHelloToEach(named("Anna", "Boris"))) {
      greetings.push(greeting);
    }
    assert.deepEqual(greetings, ["Hello, Anna!", "Hello, Boris!"]);
  });
}

for (const protocol of ["connect", "grpc-web"] as const) {
  test(`${protocol} over HTTP/1.1 goes by Node's own client`, async () => {
    await using greeter = await startGreeter();
    await using channel = insecureChannel(`http://${greeter.target}`, {
      protocol,
      httpVersion: "1.1",
    });
    assert.equal(
      (await greeterClient(channel).sayHello({ name: "Anna" })).greeting,
      "Hello, Anna!",
    );
  });
}

test("gRPC over HTTP/1.1 is refused when the channel is made", () => {
  assert.throws(() => insecureChannel("http://localhost:1", { httpVersion: "1.1" }), TypeError);
});

test("a conversation: each answer comes before the next question", async () => {
  await using greeter = await startGreeter();
  await using channel = insecureChannel(greeter.target);
  const names = ["Anna", "Boris", "Vera"];
  let answered = Promise.withResolvers<void>();
  async function* questions(): AsyncGenerator<{ name: string }> {
    for (const name of names) {
      yield { name };
      await answered.promise;
      answered = Promise.withResolvers();
    }
  }
  const greetings: string[] = [];
  for await (const { greeting } of greeterClient(channel).sayHelloToEach(questions())) {
    greetings.push(greeting);
    answered.resolve();
  }
  assert.deepEqual(greetings, ["Hello, Anna!", "Hello, Boris!", "Hello, Vera!"]);
});

test("a message larger than all windows arrives in a stream that is read slowly", async () => {
  const size = 3_000_000;
  await using greeter = await startGreeter({
    async *sayHelloInLanguages() {
      for (let i = 0; i < 3; i++) yield { greeting: "x".repeat(size), languageTag: String(i) };
    },
  });
  await using channel = insecureChannel(greeter.target);
  let read = 0;
  for await (const { greeting } of greeterClient(channel).sayHelloInLanguages({ name: "A" })) {
    read += greeting.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(read, 3 * size);
});

test("a server that streams without end is held back by a reader that rests", async () => {
  let sent = 0;
  await using greeter = await startGreeter({
    async *sayHelloInLanguages() {
      for (; sent < 1_000; sent++) yield { greeting: "x".repeat(100_000), languageTag: "" };
    },
  });
  await using channel = insecureChannel(greeter.target);
  const abort = new AbortController();
  const call = greeterClient(channel).sayHelloInLanguages({ name: "A" }, { signal: abort.signal });
  const reader = call[Symbol.asyncIterator]();
  await reader.next();
  // A call beside it has its turn, and the server time to fill the window.
  for (let i = 0; i < 20; i++) await greeterClient(channel).sayHello({ name: "B" });
  assert.ok(sent < 200, `${sent} messages of 100 kB were sent ahead`);
  abort.abort();
  await assert.rejects(() => reader.next());
});

test("responses that are read late, or never, leave their credit to the other calls", async () => {
  await using greeter = await startGreeter();
  // As small as HTTP/2 allows: a dozen responses fill it.
  const limits = {
    initialConnectionWindow: 65_535,
    initialStreamWindow: 65_535,
    maxAutoWindow: 65_535,
  };
  await using channel = insecureChannel(greeter.target, { limits, acceptCompression: [] });
  const client = greeterClient(channel);
  const name = "x".repeat(5_000);
  for (let i = 0; i < 50; i++) {
    const languageTags = ["en", "fr"];
    const options = { timeoutMs: 20_000 };
    const unread = client.sayHelloInLanguages({ name, languageTags }, options);
    const reader = unread[Symbol.asyncIterator]();
    assert.equal((await reader.next()).value?.languageTag, "en");
    const { greeting } = await client.sayHelloToAll(named(name), options);
    assert.equal(greeting.length, name.length + "Hello, !".length);
  }
});
