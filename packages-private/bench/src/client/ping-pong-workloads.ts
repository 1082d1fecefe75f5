import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import { medians, percentile, summaries } from "../harness/statistics.ts";
import { startSubject } from "../harness/subject.ts";
import { timesLess } from "../harness/workload.ts";
import type { Peer } from "../peers/programs.ts";
import type { PeerName as ServerName, ServerPorts } from "../server/peers.ts";
import { startClient } from "./client-under-test.ts";
import { peerNames } from "./peers.ts";
import type { PeerName } from "./peers.ts";
import type { Window } from "./window.ts";
import type { Bench, Row, Workload } from "./workload.ts";

const MAX_ROUNDS = 3;
const MAX_SECONDS = 1;
const OURS = "privet";

/** One call at a time: what each client and each server adds to the time it takes. */
export const pingPongWorkloads: readonly Workload[] = [
  pingPong("pairs", "each with its own server", (client) => client),
  ...peerNames.map((server) => pingPong(server, `with the server ${server}`, () => server)),
];

function pingPong(name: string, title: string, serverOf: (client: PeerName) => PeerName): Workload {
  return {
    name: `ping-pong-${name}`,
    title: `SayHello, one call at a time, ${title}: p50`,
    unit: "µs",
    targets: name === OURS || name === "pairs" ? [timesLess("grpc-go", 1)] : [],
    measure: (bench) => measure(bench, serverOf),
  };
}

async function measure(bench: Bench, serverOf: (client: PeerName) => PeerName): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const ports = new Map<PeerName, number>();
  const slowest = new Map<string, number[]>();
  const contenders: Contender[] = [];
  for (const { name, program } of bench.peers.clients) {
    const server = serverOf(name);
    const port = ports.get(server) ?? (await startServer(bench, server, open));
    ports.set(server, port);
    const client = open.use(await startClient(program, bench.affinity));
    const seconds = Math.min(bench.seconds, MAX_SECONDS);
    const plan = { port, tls: false, width: 1, count: 0, size: 0, seconds };
    const window: Window = { work: "latency", ...plan };
    await client.run(window);
    const p99s: number[] = [];
    slowest.set(name, p99s);
    contenders.push({
      name,
      measure: async () => {
        const { micros = [] } = await client.run(window);
        p99s.push(percentile(micros, 0.99));
        return percentile(micros, 0.5);
      },
    });
  }
  const samples = await alternate(contenders, Math.min(bench.rounds, MAX_ROUNDS));
  return { figures: summaries(samples), p99: medians(slowest) };
}

/** The server has the other core than the client. */
async function startServer(
  { peers, affinity }: Bench,
  name: PeerName,
  open: AsyncDisposableStack,
): Promise<number> {
  const peer: Peer<ServerName> | undefined = peers.servers.find((server) => server.name === name);
  if (peer === undefined) throw new Error(`the server ${name} is missing`);
  const { ready } = open.use(await startSubject<ServerPorts>(peer.program, affinity.load));
  return ready.plain;
}
