import { start } from "@privet/testkit";
import { join } from "node:path";
import { buildDescriptors } from "../../tools/descriptors.ts";
import { javaInterop } from "../../tools/java-tools.ts";
import { readFor } from "../readings.ts";
import { Subject } from "../subject.ts";
import { reportTrends } from "../trend.ts";

/** Calls a second, over all kinds. */
const RATE = 2_000;
/** Below so much of it, the run wasn't the one that is asked for. */
const ENOUGH = 0.8;
/** Of all calls: what a restart may cut off that had begun to be answered. */
const MOST_LOST = 0.001;

/** What the client has done. */
interface Tally {
  readonly calls: number;
  /** UNAVAILABLE, for all retries. */
  readonly lost: number;
  /** Calls that have ended in another way than was meant. */
  readonly failures: readonly string[];
  /** Calls that are under way when the channel has closed. */
  readonly left: number;
}

/**
 * The client in calls of all kinds, some of which are cancelled or run out of
 * time, to servers that are restarted at random all the while.
 */
export async function soakClient(minutes: number): Promise<number> {
  const durationMs = minutes * 60_000;
  const timeoutMs = durationMs * 1.2 + 120_000;
  const descriptors = buildDescriptors("grpc-interop", javaInterop().protos);
  const flags = ["-C", "@privet/source", program("servers.ts"), descriptors];
  await using servers = start(process.execPath, flags, { timeoutMs });
  const [, ports = "[]"] = await servers.waitFor(/^ready (.*)\n/m);
  const target = `ipv4:${(JSON.parse(ports) as number[]).map((port) => `127.0.0.1:${port}`).join()}`;
  const args = [descriptors, target, String(RATE)];
  await using client = new Subject(program("client.ts"), args, timeoutMs);
  await client.ready();
  const startedAt = performance.now();
  const readings = await readFor(durationMs, () => client.read());
  const seconds = (performance.now() - startedAt) / 1_000;
  // It ends by itself when its channel has closed: nothing may keep it alive.
  const printed = await client.end();
  servers.end();
  const { stdout } = await servers.result;
  const tally = JSON.parse(/^tally (.*)$/m.exec(printed)?.[1] ?? "{}") as Tally;
  const flat = reportTrends(readings) === 0;
  console.log(`${/^restarts (\d+)$/m.exec(stdout)?.[1] ?? 0} restarts of servers`);
  return reportCalls(tally, seconds) && flat ? 0 : 1;
}

function program(name: string): string {
  return join(import.meta.dirname, name);
}

function reportCalls({ calls, lost, failures, left }: Tally, seconds: number): boolean {
  const rate = calls / seconds;
  console.log(`${calls} calls, ${rate.toFixed(0)} a second`);
  console.log(`${lost} were cut off by a restart when they had begun to be answered`);
  console.log(`${failures.length} have ended in another way than was meant`);
  for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`);
  console.log(`${left} calls are left when the channel has closed`);
  const enough = rate >= RATE * ENOUGH;
  return enough && lost <= calls * MOST_LOST && failures.length === 0 && left === 0;
}
