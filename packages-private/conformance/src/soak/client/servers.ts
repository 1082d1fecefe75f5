import { createServer } from "@privet/rpc-server";
import type { Server } from "@privet/rpc-server";
import { setTimeout as delay } from "node:timers/promises";
import { testRoutes } from "../../interop/test-service.ts";
import { readDescriptors } from "../../tools/descriptors.ts";

// Servers that are restarted at random, one at a time, until standard input
// ends: some drain first, others cut their calls off. gRPC's test service, of
// the descriptors that the first argument names.

const COUNT = 3;
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const routes = testRoutes(readDescriptors(process.argv[2] ?? ""));

async function startOn(port: number): Promise<readonly [Server, number]> {
  const server = createServer({ routes, logger: silent });
  const bound = await server.addInsecurePort(`127.0.0.1:${port}`);
  await server.start();
  return [server, bound];
}

const running = await Promise.all(Array.from({ length: COUNT }, () => startOn(0)));
console.log(`ready ${JSON.stringify(running.map(([, port]) => port))}`);

const stop = new AbortController();
process.stdin.resume().once("end", () => stop.abort());

let restarts = 0;
const upTo = (ms: number): Promise<void> =>
  delay(Math.random() * ms, undefined, { signal: stop.signal }).catch(() => {});
while (!stop.signal.aborted) {
  await upTo(2_000);
  const index = Math.floor(Math.random() * COUNT);
  const [server, port] = running[index] ?? [];
  if (server === undefined || port === undefined) break;
  await server.stop({ graceMs: Math.random() < 0.5 ? 0 : 1_000 });
  // For a while, nobody listens there.
  await upTo(500);
  running[index] = await startOn(port);
  restarts++;
}
await Promise.all(running.map(([server]) => server.stop({ graceMs: 0 })));
console.log(`restarts ${restarts}`);
