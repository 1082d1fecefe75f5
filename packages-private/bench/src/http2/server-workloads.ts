import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import { summaries } from "../harness/statistics.ts";
import { startSubject } from "../harness/subject.ts";
import type { Subject } from "../harness/subject.ts";
import { timesLess } from "../harness/workload.ts";
import { ClosedLoop } from "../load/closed-loop.ts";
import type { LoadShape } from "../load/closed-loop.ts";
import { echoCall, smallCall } from "../load/calls.ts";
import type { ServerPorts } from "./peers.ts";
import type { Bench, Row, Workload } from "./workload.ts";

interface ServerLoad extends LoadShape {
  readonly tls?: boolean;
}

const KIB = 1024;

/** CPU of a server per call, in closed loops. */
export const serverWorkloads: readonly Workload[] = [
  server("server-8x32", "server, 8 connections × 32 streams", 8, small(8, 32)),
  server("server-64x1", "server, 64 × 1", 4, small(64, 1)),
  server("server-1x1", "server, 1 × 1", 2, small(1, 1)),
  server("echo-64k", "echo of 64 KiB, 8 × 2", 1.5, echo(64 * KIB, 8, 2)),
  server("echo-1m", "echo of 1 MiB, 4 × 1", 1.2, echo(1024 * KIB, 4, 1)),
  server("echo-1m-tls", "echo of 1 MiB over TLS, 4 × 1", 1, {
    ...echo(1024 * KIB, 4, 1),
    tls: true,
  }),
];

function small(connections: number, streams: number): ServerLoad {
  return { connections, streams, plan: smallCall };
}

function echo(bytes: number, connections: number, streams: number): ServerLoad {
  return { connections, streams, plan: echoCall(bytes) };
}

function server(name: string, title: string, atLeast: number, load: ServerLoad): Workload {
  const targets = [timesLess("node:http2", atLeast)];
  return { name, title, unit: "µs/call", targets, measure: (bench) => measure(bench, load) };
}

async function measure(bench: Bench, load: ServerLoad): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const contenders: Contender[] = [];
  for (const { name, program } of bench.peers.servers) {
    const subject = open.use(await startSubject<ServerPorts>(program, bench.affinity));
    contenders.push(await serverContender(name, subject, load, bench, open));
  }
  const samples = await alternate(contenders, bench.rounds);
  return { figures: summaries(samples) };
}

/** A server under load that stays connected between its windows; warmed up. */
export async function serverContender(
  name: string,
  subject: Subject<ServerPorts>,
  load: ServerLoad,
  bench: Bench,
  open: AsyncDisposableStack,
): Promise<Contender> {
  const tls = load.tls === true;
  const port = tls ? subject.ready.tls : subject.ready.plain;
  const loop = open.use(await ClosedLoop.open({ port, tls }, load));
  await loop.run(bench.seconds);
  return { name, measure: () => cpuPerCall(subject, loop, bench.seconds) };
}

async function cpuPerCall(
  subject: Subject<unknown>,
  loop: ClosedLoop,
  seconds: number,
): Promise<number> {
  const before = await subject.cpuMicros();
  const { calls } = await loop.run(seconds);
  return ((await subject.cpuMicros()) - before) / calls;
}
