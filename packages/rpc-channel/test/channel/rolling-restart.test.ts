import assert from "node:assert/strict";
import test from "node:test";
import { createContextValues } from "@connectrpc/connect";
import { insecureChannel, leastRequest, roundRobin, waitForReady } from "../../src/index.ts";
import type { BalancerPolicy } from "../../src/index.ts";
import { greeterClient, named, type RunningServer, startGreeter } from "./support/greeter.ts";

const retryPolicy = {
  maxAttempts: 4,
  initialBackoff: "0.01s",
  maxBackoff: "0.05s",
  backoffMultiplier: 2,
  retryableStatusCodes: ["UNAVAILABLE"],
};
const serviceConfig = { methodConfig: [{ name: [{}], retryPolicy }] };
const callsBetween = 200;

type Stop = (server: RunningServer["server"]) => Promise<void>;

const ways: readonly (readonly [name: string, balancer: () => BalancerPolicy, stop: Stop])[] = [
  ["that drain, under round_robin", roundRobin, (server) => server.stop({ graceMs: 10_000 })],
  ["that drain, under least_request", leastRequest, (server) => server.stop({ graceMs: 10_000 })],
  ["that are killed, under round_robin", roundRobin, (server) => server.stop({ graceMs: 0 })],
];

for (const [name, balancer, stop] of ways) {
  test(`a rolling restart of five backends ${name}: no call fails, with retries on`, async () => {
    const backends: RunningServer[] = [];
    for (let i = 0; i < 5; i++) backends.push(await startGreeter());
    await using channel = insecureChannel(
      `ipv4:${backends.map(({ target }) => target).join(",")}`,
      { serviceConfig, balancer: balancer(), backoff: { initialMs: 10, maxMs: 20 } },
    );
    const client = greeterClient(channel);
    const contextValues = createContextValues().set(waitForReady, true);
    const options = { contextValues, timeoutMs: 60_000 };
    const load = { running: true, done: 0 };
    const callers = Array.from({ length: 16 }, async (_, i) => {
      while (load.running) {
        if (i % 4 > 0) await client.sayHello({ name: "A" }, options);
        else await client.sayHelloToAll(named("A", "B"), options);
        load.done++;
      }
    });
    const ended = Promise.all(callers);
    for (const [i, backend] of backends.entries()) {
      const next = load.done + callsBetween;
      while (load.done < next) {
        await Promise.race([ended, new Promise((resolve) => setImmediate(resolve))]);
      }
      await stop(backend.server);
      backends[i] = await startGreeter({}, { port: backend.port });
    }
    load.running = false;
    await ended;
    assert.ok(load.done >= backends.length * callsBetween);
    for (const backend of backends) await backend[Symbol.asyncDispose]();
  });
}
