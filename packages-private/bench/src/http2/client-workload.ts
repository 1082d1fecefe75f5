import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import { summaries } from "../harness/statistics.ts";
import { startSubject } from "../harness/subject.ts";
import type { Subject } from "../harness/subject.ts";
import { REPLY_BYTES } from "../load/calls.ts";
import { startFixedServer } from "../load/fixed-server.ts";
import { timesLess } from "../harness/workload.ts";
import type { ClientWindow } from "./client-window.ts";
import type { Bench, Row, Workload } from "./workload.ts";

/** CPU of a client per call, against a server that is never the bottleneck. */
export const clientWorkload: Workload = {
  name: "client-8x32",
  title: "client, 8 connections × 32 streams",
  unit: "µs/call",
  targets: [timesLess("node:http2", 10)],
  measure,
};

async function measure(bench: Bench): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const { port } = open.use(await startFixedServer(REPLY_BYTES));
  const window = { port, connections: 8, streams: 32, seconds: bench.seconds };
  const contenders: Contender[] = [];
  for (const { name, program } of bench.peers.clients) {
    const subject = open.use(await startSubject<undefined>(program, bench.affinity));
    await subject.ask("connect", window);
    await subject.ask("run", window);
    contenders.push({ name, measure: () => cpuPerCall(subject, window) });
  }
  const samples = await alternate(contenders, bench.rounds);
  return { figures: summaries(samples) };
}

async function cpuPerCall(subject: Subject<undefined>, window: ClientWindow): Promise<number> {
  const before = await subject.cpuMicros();
  const { calls } = (await subject.ask("run", window)) as { calls: number };
  return ((await subject.cpuMicros()) - before) / calls;
}
