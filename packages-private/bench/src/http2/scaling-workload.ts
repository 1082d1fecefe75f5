import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import { summarize } from "../harness/statistics.ts";
import { startSubject } from "../harness/subject.ts";
import { atMost } from "../harness/workload.ts";
import { smallCall } from "../load/calls.ts";
import type { ServerPorts } from "./peers.ts";
import { serverContender } from "./server-workloads.ts";
import type { Bench, Row, Workload } from "./workload.ts";

const FEW = 8;
const MANY = 512;

/** How much dearer a call is on 512 connections than on 8, with one stream each. */
export const scalingWorkload: Workload = {
  name: "scaling",
  title: `a call's cost on ${MANY} connections over that on ${FEW}, one stream each`,
  unit: "×",
  targets: [atMost(1.6)],
  measure,
};

async function measure(bench: Bench): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const row: Record<string, ReturnType<typeof summarize>> = {};
  for (const { name, program } of bench.peers.servers) {
    const subject = open.use(await startSubject<ServerPorts>(program, bench.affinity));
    const contenders: Contender[] = [];
    for (const connections of [FEW, MANY]) {
      const load = { connections, streams: 1, plan: smallCall };
      contenders.push(await serverContender(String(connections), subject, load, bench, open));
    }
    const samples = await alternate(contenders, bench.rounds);
    const few = samples.get(String(FEW)) ?? [];
    const many = samples.get(String(MANY)) ?? [];
    row[name] = summarize(many.map((cost, round) => cost / (few[round] ?? Number.NaN)));
  }
  return { figures: row };
}
