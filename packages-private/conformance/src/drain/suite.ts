import { createServer } from "@privet/rpc-server";
import type { Server } from "@privet/rpc-server";
import type { Suite } from "@privet/testkit";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { testRoutes } from "../interop/test-service.ts";
import { Clients } from "../load/clients.ts";
import { report } from "../load/report.ts";
import { buildDescriptors, readDescriptors } from "../tools/descriptors.ts";
import { javaInterop } from "../tools/java-tools.ts";

const RESTART_MS = 1000;
const GRACE_MS = 10_000;

/**
 * A server takes over the port of the one before it each second, which then
 * drains, while clients call: none of their calls may be lost.
 *
 * What isn't a call lost: a connection that no server has accepted, which the
 * kernel resets where the listener closes at that moment. No server knows of it
 * or can. Clients that wait for SETTINGS connect anew by themselves; that the
 * client on connect-node, which doesn't, had to is counted and told.
 */
export const drainSuite: Suite = {
  name: "drain",
  summary: "restarts under load of three languages' clients, 0 calls lost: [--seconds N]",
  run: async (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: "string", default: "30" } },
    });
    const restarts = Math.max(1, Math.floor((Number(values.seconds) * 1000) / RESTART_MS));
    let [server, port] = await startOn(0);
    await using clients = new Clients({ address: `127.0.0.1:${port}`, reconnect: 0 });
    const stopped: Promise<void>[] = [];
    for (let restart = 0; restart < restarts; restart++) {
      await delay(RESTART_MS);
      const old = server;
      [server] = await startOn(port);
      stopped.push(old.stop({ graceMs: GRACE_MS }));
    }
    const tallies = await clients.stop();
    await Promise.all([...stopped, server.stop({ graceMs: GRACE_MS })]);
    console.log(`${restarts} restarts`);
    return report(tallies);
  },
};

/** Another server may have the port still: the kernel gives new connections to both. */
async function startOn(port: number): Promise<readonly [Server, number]> {
  const registry = readDescriptors(buildDescriptors("grpc-interop", javaInterop().protos));
  const server = createServer({ routes: testRoutes(registry) });
  const bound = await server.addInsecurePort(`127.0.0.1:${port}`, { reusePort: true });
  await server.start();
  return [server, bound];
}
