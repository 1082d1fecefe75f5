import { fileURLToPath } from "node:url";
import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import { summaries } from "../harness/statistics.ts";
import { startSubject } from "../harness/subject.ts";
import type { Subject, SubjectProgram } from "../harness/subject.ts";
import { atMost } from "../harness/workload.ts";
import { smallCall } from "../load/calls.ts";
import { ClosedLoop } from "../load/closed-loop.ts";
import type { LoadTarget } from "../load/closed-loop.ts";
import type { Peer, ServerPorts } from "./peers.ts";
import type { Bench, Row, Workload } from "./workload.ts";

const CONNECTIONS = 10_000;
/** Over 50 connections, less the lead: 10,000. */
const STREAMS = 12_500;
const STREAMS_EACH = 250;
const KIB = 1024;
/** So much more is opened before the first look: it fills what the heap has to spare. */
const LEAD = 0.2;
/** One process may not have the files for all the connections. */
const HOLDERS = 2;

/** Resident memory of a server, per connection that does nothing and per stream that waits. */
export const memoryWorkloads: readonly Workload[] = [
  memory("idle", "an idle connection", 20, (bench, peer) => idle(bench, peer, false)),
  memory("idle-tls", "an idle connection over TLS", 80, (bench, peer) => idle(bench, peer, true)),
  memory("open-stream", "an open stream, 250 on each connection", 1, openStream),
];

function memory(
  name: string,
  title: string,
  limit: number,
  measureOnce: (bench: Bench, peer: Peer) => Promise<number>,
): Workload {
  const measure = async (bench: Bench): Promise<Row> => {
    const contenders = bench.peers.servers.filter(isNode).map((peer): Contender => ({
      name: peer.name,
      measure: () => measureOnce(bench, peer),
    }));
    const samples = await alternate(contenders, Math.min(bench.rounds, 3));
    return { figures: summaries(samples) };
  };
  return { name, title, unit: "KiB", targets: [atMost(limit)], measure };
}

/** Only what can collect its garbage first tells what it needs, not what it has taken. */
function isNode({ program }: Peer): boolean {
  return program.speaks;
}

async function idle(bench: Bench, peer: Peer, tls: boolean): Promise<number> {
  await using open = new AsyncDisposableStack();
  const subject = open.use(await startSubject<ServerPorts>(peer.program, bench.affinity));
  const target = { port: tls ? subject.ready.tls : subject.ready.plain, tls };
  await warmUp(target);
  const holders = await startHolders(bench, open);
  const each = Math.round((CONNECTIONS * bench.scale) / HOLDERS);
  await connect(holders, target, Math.round(each * LEAD));
  const before = await subject.residentBytes();
  await connect(holders, target, each);
  return ((await subject.residentBytes()) - before) / (each * HOLDERS) / KIB;
}

async function openStream(bench: Bench, peer: Peer): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const subject = stack.use(await startSubject<ServerPorts>(peer.program, bench.affinity));
  const target = { port: subject.ready.plain, tls: false };
  await warmUp(target);
  const holders = await startHolders(bench, stack);
  const each = Math.round((STREAMS * bench.scale) / STREAMS_EACH / HOLDERS);
  await connect(holders, target, each);
  const open = (streams: number): Promise<unknown> =>
    Promise.all(holders.map((holder) => holder.ask("streams", streams)));
  await open(STREAMS_EACH * LEAD);
  const before = await subject.residentBytes();
  await open(STREAMS_EACH * (1 - LEAD));
  const opened = each * HOLDERS * STREAMS_EACH * (1 - LEAD);
  return ((await subject.residentBytes()) - before) / opened / KIB;
}

/** So that compiled code and the heap's first growth count for nobody. */
async function warmUp(target: LoadTarget): Promise<void> {
  await using loop = await ClosedLoop.open(target, {
    connections: 8,
    streams: 32,
    plan: smallCall,
  });
  await loop.run(1);
}

function startHolders(bench: Bench, open: AsyncDisposableStack): Promise<Subject<undefined>[]> {
  const program: SubjectProgram = {
    command: process.execPath,
    args: [fileURLToPath(import.meta.resolve("../load/holder.ts"))],
    speaks: true,
  };
  return Promise.all(
    Array.from({ length: HOLDERS }, async () =>
      open.use(await startSubject<undefined>(program, bench.affinity.load)),
    ),
  );
}

async function connect(
  holders: readonly Subject<undefined>[],
  target: LoadTarget,
  connections: number,
): Promise<void> {
  await Promise.all(holders.map((holder) => holder.ask("connect", { target, connections })));
}
