import { REPLY_BYTES } from "../load/calls.ts";
import { startFixedServer } from "../load/fixed-server.ts";
import { summarize } from "../harness/statistics.ts";
import { startSubject } from "../harness/subject.ts";
import { atMost } from "../harness/workload.ts";
import { nodeProgram } from "../peers/programs.ts";
import type { Bench, Row, Workload } from "./workload.ts";

/** What the process that holds addresses is told. */
export interface Addresses {
  readonly port: number;
  readonly count: number;
  /** Where among the others, which all refuse, the address is on which a server listens. */
  readonly serverIs: "first" | "last";
}

const ADDRESSES = 10_000;
const LIMIT_BYTES = 2048;
const MAX_ROUNDS = 3;

/** Memory that a channel takes for each address that it has resolved, under pick_first. */
export const memoryWorkloads: readonly Workload[] = [
  memory("address-first", "an address of 10,000 under pick_first, connected to the first", "first"),
  memory(
    "address-last",
    "the same, connected to the last, when the backoffs of the others are over",
    "last",
  ),
];

function memory(name: string, title: string, serverIs: Addresses["serverIs"]): Workload {
  return {
    name,
    title,
    unit: "octets",
    targets: [atMost(LIMIT_BYTES)],
    measure: (bench) => measure(bench, serverIs),
  };
}

/** Each time in a new process: nothing is left of the one before. */
async function measure(bench: Bench, serverIs: Addresses["serverIs"]): Promise<Row> {
  await using server = await startFixedServer(REPLY_BYTES);
  const program = nodeProgram(import.meta.resolve("./subjects/addresses.ts"));
  const count = Math.ceil(ADDRESSES * bench.scale);
  const addresses: Addresses = { port: server.port, count, serverIs };
  const samples: number[] = [];
  for (let round = 0; round < Math.min(bench.rounds, MAX_ROUNDS); round++) {
    await using subject = await startSubject<undefined>(program, bench.affinity);
    samples.push(Number(await subject.ask("measure", addresses)));
  }
  return { figures: { privet: summarize(samples) } };
}
