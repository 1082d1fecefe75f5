import { fileURLToPath } from "node:url";
import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import { percentile, summarize } from "../harness/statistics.ts";
import { startSubject } from "../harness/subject.ts";
import type { Subject } from "../harness/subject.ts";
import type { ServerPorts } from "./peers.ts";
import type { Bench, Row, Workload } from "./workload.ts";

/** How long an honest caller waits while four other connections flood frames. */
export const floodWorkload: Workload = {
  name: "flood",
  title: "p99 of an honest connection while four others flood frames",
  unit: "ms",
  target: { kind: "at-most", limit: 20 },
  measure,
};

async function measure(bench: Bench): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const flooder = await startLoad(import.meta.resolve("../load/flooder.ts"), bench, open);
  const honest = await startLoad(import.meta.resolve("../load/honest-caller.ts"), bench, open);
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
  return Object.fromEntries([...samples].map(([name, values]) => [name, summarize(values)]));
}

async function startLoad(
  url: string,
  bench: Bench,
  open: AsyncDisposableStack,
): Promise<Subject<undefined>> {
  const program = {
    command: process.execPath,
    args: [fileURLToPath(url)],
    speaks: true,
  };
  return open.use(await startSubject<undefined>(program, bench.affinity.load));
}
