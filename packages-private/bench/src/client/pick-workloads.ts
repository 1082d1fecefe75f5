import { join } from "node:path";
import { start } from "@privet/testkit";
import { summarize } from "../harness/statistics.ts";
import { atMost } from "../harness/workload.ts";
import type { Bench, Row, Workload } from "./workload.ts";

const script = join(import.meta.dirname, "../../../../packages/rpc-channel/scripts/picks.ts");
const ADDRESSES = 1_000;
/** Of a million picks, in each of which the script finds the median. */
const BATCHES = 5;

/** What a pick costs, with the reports of the call's beginning and end. */
export const pickWorkloads: readonly Workload[] = [
  pick("pick_first"),
  pick("round_robin"),
  pick("least_request"),
  // Ten times the work of a choice, for those who ask for it.
  { ...pick("least_request of 10"), targets: [] },
  pick("prefer_zone"),
];

/** @param balancer as the script calls it */
function pick(balancer: string): Workload {
  return {
    name: `pick-${balancer.replaceAll(/[_ ]/g, "-")}`,
    title: `a pick of 1,000 addresses by ${balancer}`,
    unit: "ns",
    targets: [atMost(100)],
    measure: (bench) => measure(bench, balancer),
  };
}

async function measure({ affinity, rounds }: Bench, balancer: string): Promise<Row> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const options = ["--addresses", String(ADDRESSES), "--batches", String(BATCHES), "--json"];
    const args = ["-C", "@privet/source", script, "--balancer", balancer, ...options];
    const [command, ...pinned] = affinity.wrap(process.execPath, args);
    await using running = start(command, pinned);
    const { stdout, stderr } = await running.result;
    const median = (JSON.parse(stdout || "{}") as Record<string, number>)[balancer];
    if (median === undefined) throw new Error(`no figure of ${balancer}\n${stderr}`);
    samples.push(median);
  }
  return { figures: { privet: summarize(samples) } };
}
