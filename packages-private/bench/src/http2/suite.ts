import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Suite } from "@privet/testkit";
import { findAffinity } from "../harness/affinity.ts";
import { drawFiguresInto } from "../harness/figures.ts";
import { circumstances, mergeResults, readResults } from "../harness/results.ts";
import type { ResultRow } from "../harness/results.ts";
import { markdownTable } from "../harness/table.ts";
import { findPeers } from "./peers.ts";
import type { Bench, Workload } from "./workload.ts";
import { workloads } from "./workloads.ts";

export const resultsFile: string = join(import.meta.dirname, "../../results/http2.json");
export const readme: string = join(import.meta.dirname, "../../../../packages/http2/README.md");

const USAGE = `pnpm bench http2 [--quick] [--only NAME]... [--rounds N] [--seconds N] [--draw]
  --quick    short windows and small numbers, to see that all runs; nothing is written
  --only     these workloads alone: ${workloads.map(({ name }) => name).join(", ")}
  --rounds   measured windows of each peer (default 5)
  --seconds  length of a window (default 3)
  --draw     measure nothing, draw packages/http2/README.md's figures from the results file`;

/** `pnpm bench http2`: the engine beside node:http2, and Go and Python where they are. */
export const http2Suite: Suite = {
  name: "http2",
  summary: "CPU and memory of the HTTP/2 engine beside node:http2, Go and Python",
  run: async (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string", multiple: true },
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
      drawFiguresInto(readme, "http2", readResults(resultsFile));
      return 0;
    }
    const chosen = choose(values.only);
    if (chosen === undefined) return 2;
    const defaults = values.quick ? QUICK : FULL;
    const extent = {
      ...defaults,
      rounds: values.rounds === undefined ? defaults.rounds : Number(values.rounds),
      seconds: values.seconds === undefined ? defaults.seconds : Number(values.seconds),
    };
    await measure(chosen, extent, values.quick ? () => {} : keep);
    return 0;
  },
};

type Extent = Pick<Bench, "rounds" | "seconds" | "scale">;

const FULL: Extent = { rounds: 5, seconds: 3, scale: 1 };
const QUICK: Extent = { rounds: 1, seconds: 0.5, scale: 0.1 };

function choose(only: readonly string[] | undefined): readonly Workload[] | undefined {
  if (only === undefined) return workloads;
  const unknown = only.filter((name) => !workloads.some((workload) => workload.name === name));
  if (unknown.length === 0) return workloads.filter(({ name }) => only.includes(name));
  console.error(`bench http2: no workload is called «${unknown.join("», «")}».\n${USAGE}`);
  return undefined;
}

/** A long run that is stopped keeps what it has measured. */
function keep(row: ResultRow): void {
  const names = workloads.map(({ name }) => name);
  mergeResults(resultsFile, [row], names);
  drawFiguresInto(readme, "http2", readResults(resultsFile));
}

async function measure(
  chosen: readonly Workload[],
  extent: Extent,
  onRow: (row: ResultRow) => void,
): Promise<void> {
  const affinity = findAffinity();
  affinity.takeLoadCore();
  if (affinity.reason !== undefined) console.log(`Not pinned to a core: ${affinity.reason}.`);
  const peers = findPeers();
  for (const missing of peers.missing) console.log(`Missing: ${missing}.`);
  const at = circumstances(affinity, extent.rounds, extent.seconds);
  const rows: ResultRow[] = [];
  for (const workload of chosen) {
    const { name, title, unit, target } = workload;
    const figures = await workload.measure({ peers, affinity, ...extent });
    const row = { name, title, unit, target, figures, at };
    rows.push(row);
    onRow(row);
    console.log(`${name} done`);
  }
  console.log(`\n${markdownTable(rows)}`);
}
