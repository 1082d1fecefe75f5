import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import { medians, summaries } from "../harness/statistics.ts";
import { startSubject } from "../harness/subject.ts";
import type { Subject } from "../harness/subject.ts";
import type { PeerName, ServerPorts } from "./peers.ts";
import type { Bench, Row } from "./workload.ts";

/** A server under test, started. */
export interface Server {
  readonly name: PeerName;
  readonly subject: Subject<ServerPorts>;
}

/** Work that a load has made a server do in one window. */
export interface Work {
  /** In the unit of the workload: calls, messages … */
  readonly amount: number;
  readonly seconds: number;
}

/** Makes the load of one server; answers what runs one window of it. */
export type PrepareLoad = (
  server: Server,
  open: AsyncDisposableStack,
) => Promise<(seconds: number) => Promise<Work>>;

/**
 * Starts the servers called `names`, loads them in turn and measures the CPU
 * time that each takes for a unit of work, in microseconds, and the units that
 * it does in a second.
 */
export async function cpuSideBySide(
  bench: Bench,
  names: readonly PeerName[],
  prepare: PrepareLoad,
): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const rates = new Map<string, number[]>();
  const contenders: Contender[] = [];
  for (const server of await startServers(bench, names, open)) {
    const runWindow = await prepare(server, open);
    // The first window warms up: it isn't measured.
    await runWindow(bench.seconds);
    const measured: number[] = [];
    rates.set(server.name, measured);
    contenders.push({
      name: server.name,
      measure: async () => {
        const before = await server.subject.cpuMicros();
        const { amount, seconds } = await runWindow(bench.seconds);
        measured.push(amount / seconds);
        return ((await server.subject.cpuMicros()) - before) / amount;
      },
    });
  }
  const samples = await alternate(contenders, bench.rounds);
  return {
    figures: summaries(samples),
    perSecond: medians(rates),
  };
}

/** Starts those of the servers called `names` that this machine has. */
export async function startServers(
  bench: Bench,
  names: readonly PeerName[],
  open: AsyncDisposableStack,
): Promise<Server[]> {
  const servers: Server[] = [];
  for (const { name, program } of bench.peers.servers) {
    if (!names.includes(name)) continue;
    const subject = open.use(await startSubject<ServerPorts>(program, bench.affinity));
    servers.push({ name, subject });
  }
  return servers;
}
