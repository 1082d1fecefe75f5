import { summarize } from "../harness/statistics.ts";
import { ClosedLoop } from "../load/closed-loop.ts";
import { sayHello } from "./calls.ts";
import { planOf } from "./probe.ts";
import { startServers } from "./side-by-side.ts";
import type { Bench, Row, Workload } from "./workload.ts";

/** What one call leaves to the garbage collector. */
export const allocationWorkload: Workload = {
  name: "allocated",
  title: "allocated by one SayHello, by V8's records of its collections",
  unit: "octets/call",
  targets: [{ kind: "at-most", limit: 2048 }],
  measure,
};

async function measure(bench: Bench): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const figures: Record<string, ReturnType<typeof summarize>> = {};
  for (const { name, subject } of await startServers(bench, ["privet", "connect-node"], open)) {
    const target = { port: subject.ready.plain, tls: false };
    const plan = await planOf(sayHello, target);
    const loop = open.use(await ClosedLoop.open(target, { connections: 8, streams: 32, plan }));
    await loop.run(bench.seconds);
    const samples: number[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      await subject.ask("startAllocations");
      const { calls } = await loop.run(bench.seconds);
      samples.push(Number(await subject.ask("stopAllocations")) / calls);
    }
    figures[name] = summarize(samples);
  }
  return { figures };
}
