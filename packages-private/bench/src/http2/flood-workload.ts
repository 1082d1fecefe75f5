import { fileURLToPath } from "node:url";
import type { Affinity } from "../harness/affinity.ts";
import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import { percentile, summaries } from "../harness/statistics.ts";
import { startSubject } from "../harness/subject.ts";
import type { Subject } from "../harness/subject.ts";
import { atMost } from "../harness/workload.ts";
import type { ServerPorts } from "./peers.ts";
import type { Bench, Row, Workload } from "./workload.ts";

/** How long an honest caller waits while four other connections flood frames. */
export const floodWorkload: Workload = {
  name: "flood",
  title: "p99 of an honest connection while four others flood frames",
  unit: "ms",
  targets: [atMost(20)],
  measure,
};

async function measure(bench: Bench): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const { load, background } = bench.affinity;
  // What the honest caller waits for is the server, not the flooder's share of the core.
  const flooder = open.use(await start(import.meta.resolve("../load/flooder.ts"), background));
  const honest = open.use(await start(import.meta.resolve("../load/honest-caller.ts"), load));
  const contenders: Contender[] = [];
  for (const { name, program } of bench.peers.servers) {
    const subject = open.use(await startSubject<ServerPorts>(program, bench.affinity));
    const target = { port: subject.ready.plain, tls: false };
    contenders.push({
      name,
      measure: async () => {
        await flooder.ask("start", target);
        const taken = await honest.ask("calls", { target, seconds: bench.seconds });
        await flooder.ask("stop");
        return percentile(taken as number[], 0.99);
      },
    });
  }
  const samples = await alternate(contenders, bench.rounds);
  return { figures: summaries(samples) };
}

function start(url: string, affinity: Affinity["load"]): Promise<Subject<undefined>> {
  const program = { command: process.execPath, args: [fileURLToPath(url)], speaks: true };
  return startSubject<undefined>(program, affinity);
}
