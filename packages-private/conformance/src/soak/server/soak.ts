import { goProgram, start } from "@privet/testkit";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cache } from "../../tools/cache.ts";
import { buildDescriptors } from "../../tools/descriptors.ts";
import { javaInterop } from "../../tools/java-tools.ts";
import { readFor } from "../readings.ts";
import { Subject } from "../subject.ts";
import { reportTrends } from "../trend.ts";

/** Calls a second, over all kinds. */
const RATE = 5000;
/** Below so much of it, the run wasn't the one that is asked for. */
const ENOUGH = 0.8;

/** What the caller has done, in its own words. */
interface Tally {
  readonly calls: number;
  readonly connections: number;
  /** Calls by what was meant to become of them. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Calls that have ended in another way than was meant. */
  readonly failures: readonly string[];
}

/**
 * The server under calls of all kinds, some of which are cancelled, run out of
 * time or lose their connection, from clients that connect anew all the time.
 */
export async function soakServer(minutes: number): Promise<number> {
  const durationMs = minutes * 60_000;
  const timeoutMs = durationMs * 1.2 + 60_000;
  const descriptors = buildDescriptors("grpc-interop", javaInterop().protos);
  const caller = goProgram({ command: ".", module: join(import.meta.dirname, "caller"), cache });
  await using server = new Subject(
    join(import.meta.dirname, "server.ts"),
    [descriptors],
    timeoutMs,
  );
  const { port } = await server.ready<{ readonly port: number }>();
  const flags = [`--address=127.0.0.1:${port}`, `--rate=${RATE}`];
  await using load = start(caller, flags, { timeoutMs });
  const startedAt = performance.now();
  const readings = await readFor(durationMs, () => server.read());
  load.end();
  const { stdout, stderr } = await load.result;
  if (stdout === "") throw new Error(`the caller has failed\n${stderr}`);
  const seconds = (performance.now() - startedAt) / 1000;
  const tally = JSON.parse(stdout) as Tally;
  const flat = reportTrends(readings) === 0;
  const served = reportCalls(tally, seconds);
  const left = await leftOf(server);
  await server.end();
  return flat && served && left === 0 ? 0 : 1;
}

function reportCalls({ calls, connections, kinds, failures }: Tally, seconds: number): boolean {
  const rate = calls / seconds;
  console.log(`${calls} calls, ${rate.toFixed(0)} a second, on ${connections} connections:`);
  for (const [kind, count] of Object.entries(kinds)) console.log(`  ${count} ${kind}`);
  console.log(`${failures.length} have ended in another way than was meant`);
  for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`);
  const enough = rate >= RATE * ENOUGH;
  if (!enough) console.log(`a run of ${RATE} calls a second needs a machine with more time for it`);
  return failures.length === 0 && enough;
}

/** Calls that the server has yet when all clients are gone. */
async function leftOf(server: Subject): Promise<number> {
  const until = performance.now() + 10_000;
  let { calls } = await server.read();
  while (calls > 0 && performance.now() < until) {
    await delay(100);
    ({ calls } = await server.read());
  }
  console.log(`${calls} calls are left when all clients are gone`);
  return calls;
}
