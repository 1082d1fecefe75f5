import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import { percentile, summaries } from "../harness/statistics.ts";
import { ClosedLoop } from "../load/closed-loop.ts";
import { timesLess } from "../harness/workload.ts";
import { sayHello } from "./calls.ts";
import { PacedLoad } from "./paced-load.ts";
import { planOf } from "./probe.ts";
import { startServers } from "./side-by-side.ts";
import type { Server } from "./side-by-side.ts";
import type { Bench, Row, Workload } from "./workload.ts";

const CONNECTIONS = 64;

/** How long calls take on servers that have the same work: half of what grpc-go can do. */
export const latencyWorkload: Workload = {
  name: "latency",
  title: "p99 of SayHello at half of grpc-go's greatest rate, 64 connections",
  unit: "ms",
  targets: [timesLess("grpc-go", 1)],
  measure,
};

async function measure(bench: Bench): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const servers = await startServers(bench, ["privet", "grpc-go", "tonic"], open);
  const reference = servers.find(({ name }) => name === "grpc-go");
  if (reference === undefined) throw new Error("the rate is half of grpc-go's, which is missing");
  const rate = (await greatestRate(reference, bench.seconds)) / 2;
  const contenders: Contender[] = [];
  for (const { name, subject } of servers) {
    const target = { port: subject.ready.plain, tls: false };
    const load = open.use(
      await PacedLoad.open(target, await planOf(sayHello, target), CONNECTIONS),
    );
    await load.run(rate, bench.seconds);
    contenders.push({
      name,
      measure: async () => percentile(await load.run(rate, bench.seconds), 0.99),
    });
  }
  const samples = await alternate(contenders, bench.rounds);
  return {
    figures: summaries(samples),
    perSecond: Object.fromEntries([...samples.keys()].map((name) => [name, rate])),
  };
}

async function greatestRate({ subject }: Server, seconds: number): Promise<number> {
  const target = { port: subject.ready.plain, tls: false };
  const plan = await planOf(sayHello, target);
  await using loop = await ClosedLoop.open(target, { connections: 8, streams: 32, plan });
  await loop.run(seconds);
  const run = await loop.run(seconds);
  return run.calls / run.seconds;
}
