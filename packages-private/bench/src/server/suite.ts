import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Suite } from "@privet/testkit";
import { findAffinity } from "../harness/affinity.ts";
import { drawFiguresInto } from "../harness/figures.ts";
import { circumstances, mergeResults, readResults } from "../harness/results.ts";
import type { ResultRow } from "../harness/results.ts";
import { markdownTable } from "../harness/table.ts";
import { findPeers } from "./peers.ts";
import type { PeersFound } from "./peers.ts";
import type { Bench, Workload } from "./workload.ts";
import { workloads } from "./workloads.ts";

const resultsFile: string = join(import.meta.dirname, "../../results/server.json");
const readme: string = join(import.meta.dirname, "../../../../packages/rpc-server/README.md");

const USAGE = `pnpm bench server [--quick] [--only NAME]... [--peer NAME]... [--rounds N] [--seconds N] [--draw]
  --quick    short windows and few messages, to see that all runs; nothing is written
  --only     these workloads alone: ${workloads.map(({ name }) => name).join(", ")}
  --peer     these servers alone; nothing is written
  --rounds   measured windows of each server (default 7)
  --seconds  length of a window (default 5)
  --draw     measure nothing, draw packages/rpc-server/README.md's figures from the results file`;

/** `pnpm bench server`: the gRPC server beside those of other languages and Node's others. */
export const serverSuite: Suite = {
  name: "server",
  summary:
    "CPU of the gRPC server beside connect-node, grpc-js, node:http2, grpc-go, tonic, grpcio",
  run: async (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string", multiple: true },
        peer: { type: "string", multiple: true },
        rounds: { type: "string" },
        seconds: { type: "string" },
        draw: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    if (values.draw) {
      draw();
      return 0;
    }
    const chosen = choose(values.only);
    if (chosen === undefined) return 2;
    const defaults = values.quick ? QUICK : FULL;
    const rows = await measure(chosen, onlyThose(findPeers(), values.peer), {
      ...defaults,
      rounds: values.rounds === undefined ? defaults.rounds : Number(values.rounds),
      seconds: values.seconds === undefined ? defaults.seconds : Number(values.seconds),
    });
    if (values.quick || values.peer !== undefined) return 0;
    mergeResults(
      resultsFile,
      rows,
      workloads.map(({ name }) => name),
    );
    draw();
    return 0;
  },
};

type Extent = Pick<Bench, "rounds" | "seconds" | "scale">;

const FULL: Extent = { rounds: 7, seconds: 5, scale: 1 };
const QUICK: Extent = { rounds: 1, seconds: 1, scale: 0.02 };

function draw(): void {
  if (existsSync(readme)) drawFiguresInto(readme, "server", readResults(resultsFile));
}

function choose(only: readonly string[] | undefined): readonly Workload[] | undefined {
  if (only === undefined) return workloads;
  const unknown = only.filter((name) => !workloads.some((workload) => workload.name === name));
  if (unknown.length === 0) return workloads.filter(({ name }) => only.includes(name));
  console.error(`bench server: no workload is called «${unknown.join("», «")}».\n${USAGE}`);
  return undefined;
}

function onlyThose(peers: PeersFound, names: readonly string[] | undefined): PeersFound {
  if (names === undefined) return peers;
  return { ...peers, servers: peers.servers.filter(({ name }) => names.includes(name)) };
}

async function measure(
  chosen: readonly Workload[],
  peers: PeersFound,
  extent: Extent,
): Promise<ResultRow[]> {
  const affinity = findAffinity();
  affinity.takeLoadCore();
  if (affinity.reason !== undefined) console.log(`Not pinned to a core: ${affinity.reason}.`);
  for (const missing of peers.missing) console.log(`Missing: ${missing}.`);
  const at = circumstances(affinity, extent.rounds, extent.seconds);
  const rows: ResultRow[] = [];
  for (const workload of chosen) {
    const { name, title, unit, targets } = workload;
    const measured = await workload.measure({ peers, affinity, ...extent });
    const row: ResultRow = { name, title, unit, target: targets, ...measured, at };
    rows.push(row);
    console.log(`${name}: ${summaryOf(row)}`);
  }
  console.log(`\n${markdownTable(rows)}`);
  return rows;
}

function summaryOf({ figures, unit }: ResultRow): string {
  const cells = Object.entries(figures).map(
    ([name, { median }]) => `${name} ${median.toPrecision(3)}`,
  );
  return `${cells.join(", ")} ${unit}`;
}
