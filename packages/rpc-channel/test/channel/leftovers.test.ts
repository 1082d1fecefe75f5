import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import test from "node:test";
import { insecureChannel, SubchannelPool } from "../../src/index.ts";
import { greeterClient, named, startGreeter } from "./support/greeter.ts";
import { answer, failureOf, ScriptedServer } from "./support/scripted-server.ts";

const times = 100;

/** What keeps the event loop busy, of one kind. */
function resources(kind: string): number {
  return process.getActiveResourcesInfo().filter((name) => name === kind).length;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test("a signal that many calls share is left without listeners, however they end", async () => {
  await using greeter = await startGreeter();
  await using channel = insecureChannel(greeter.target);
  const client = greeterClient(channel);
  const { signal } = new AbortController();
  for (let i = 0; i < times; i++) {
    await client.sayHello({ name: "A" }, { signal });
    await failureOf(client.sayHello({ name: "A" }, { signal, timeoutMs: 0.001 }));
    for await (const _ of client.sayHelloToEach(named("A", "B"), { signal }));
  }
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("a server that goes away after each call leaves no connection and no warning behind", async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on("warning", warned);
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target);
  const client = greeterClient(channel);
  for (let i = 0; i < times; i++) {
    await client.sayHello({});
    server.requests.at(-1)?.connection.connection.drain("max_age");
    await until(() => channel.state === "IDLE");
  }
  assert.equal(server.connections, times);
  await Promise.all(server.requests.map(({ connection }) => connection.ended));
  process.off("warning", warned);
  assert.deepEqual(warnings, []);
});

test("channels that have been closed leave no connection, no timer and no lookup behind", async () => {
  await using server = await ScriptedServer.start(answer);
  const before = resources("Timeout");
  for (let i = 0; i < times; i++) {
    await using channel = insecureChannel(`dns:///localhost:${server.port}`, {
      subchannelPool: new SubchannelPool(),
      keepaliveTimeMs: 10_000,
      keepaliveWithoutCalls: true,
    });
    await greeterClient(channel).sayHello({}, { timeoutMs: 60_000 });
  }
  await Promise.all(server.requests.map(({ connection }) => connection.ended));
  assert.equal(resources("Timeout"), before);
  assert.equal(resources("GetAddrInfoReqWrap"), 0);
});
