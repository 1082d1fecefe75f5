import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Suite } from "@privet/testkit";
import { findAffinity } from "./affinity.ts";
import { drawFiguresInto } from "./figures.ts";
import { circumstances, mergeResults, readResults } from "./results.ts";
import type { ResultRow } from "./results.ts";
import { markdownTable } from "./table.ts";
import type { Extent, Workload } from "./workload.ts";

/** The programs that can run on this machine. */
export interface PeersFound {
  /** By name those that can't, each with what it needs, as a sentence. */
  readonly missing: readonly string[];
}

/** A bench: workloads, and the package whose README shows what they gave. */
export interface BenchSuite<Peers extends PeersFound> {
  /** What the user types, and the name of the results' file and of the README's figures. */
  readonly name: string;
  /** One line for the list of benches. */
  readonly summary: string;
  /** The folder in `packages` whose README shows the figures. */
  readonly shownBy: string;
  /** In the order of the table. */
  readonly workloads: readonly Workload<Peers>[];
  /** Builds what can be built; with names, only those peers take part. */
  readonly findPeers: (names: readonly string[] | undefined) => Peers;
  readonly full: Extent;
  readonly quick: Extent;
}

const packages = join(import.meta.dirname, "../../../../packages");
const results = join(import.meta.dirname, "../../results");

export function resultsFileOf({ name }: { readonly name: string }): string {
  return join(results, `${name}.json`);
}

export function readmeOf({ shownBy }: { readonly shownBy: string }): string {
  return join(packages, shownBy, "README.md");
}

/** The command `pnpm bench NAME`. */
export function suiteOf<Peers extends PeersFound>(bench: BenchSuite<Peers>): Suite {
  return {
    name: bench.name,
    summary: bench.summary,
    run: (args) => run(bench, args),
  };
}

async function run<Peers extends PeersFound>(
  bench: BenchSuite<Peers>,
  args: readonly string[],
): Promise<number> {
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
    console.log(usage(bench));
    return 0;
  }
  if (values.draw) {
    draw(bench);
    return 0;
  }
  const chosen = choose(bench, values.only);
  if (chosen === undefined) return 2;
  const defaults = values.quick ? bench.quick : bench.full;
  const extent = {
    ...defaults,
    rounds: values.rounds === undefined ? defaults.rounds : Number(values.rounds),
    seconds: values.seconds === undefined ? defaults.seconds : Number(values.seconds),
  };
  const isKept = !values.quick && values.peer === undefined;
  const all = await measure(chosen, bench.findPeers(values.peer), extent, (row) => {
    if (isKept) keep(bench, row);
  });
  return all ? 0 : 1;
}

function usage<Peers extends PeersFound>({
  name,
  shownBy,
  workloads,
  full,
}: BenchSuite<Peers>): string {
  return `pnpm bench ${name} [--quick] [--only NAME]... [--peer NAME]... [--rounds N] [--seconds N] [--draw]
  --quick    short windows and small numbers, to see that all runs; nothing is written
  --only     these workloads alone: ${workloads.map((workload) => workload.name).join(", ")}
  --peer     these peers alone; nothing is written
  --rounds   measured windows of each peer (default ${full.rounds})
  --seconds  length of a window (default ${full.seconds})
  --draw     measure nothing, draw packages/${shownBy}/README.md's figures from the results file`;
}

function choose<Peers extends PeersFound>(
  bench: BenchSuite<Peers>,
  only: readonly string[] | undefined,
): readonly Workload<Peers>[] | undefined {
  const { workloads } = bench;
  if (only === undefined) return workloads;
  const unknown = only.filter((name) => !workloads.some((workload) => workload.name === name));
  if (unknown.length === 0) return workloads.filter(({ name }) => only.includes(name));
  console.error(
    `bench ${bench.name}: no workload is called «${unknown.join("», «")}».\n${usage(bench)}`,
  );
  return undefined;
}

/** A long run that is stopped keeps what it has measured. */
function keep<Peers extends PeersFound>(bench: BenchSuite<Peers>, row: ResultRow): void {
  const names = bench.workloads.map(({ name }) => name);
  mergeResults(resultsFileOf(bench), [row], names);
  draw(bench);
}

function draw<Peers extends PeersFound>(bench: BenchSuite<Peers>): void {
  drawFiguresInto(readmeOf(bench), bench.name, readResults(resultsFileOf(bench)));
}

/** @returns whether every workload could be measured: one that can't doesn't keep the others from it */
async function measure<Peers extends PeersFound>(
  chosen: readonly Workload<Peers>[],
  peers: Peers,
  extent: Extent,
  onRow: (row: ResultRow) => void,
): Promise<boolean> {
  const affinity = findAffinity();
  affinity.takeLoadCore();
  if (affinity.reason !== undefined) console.log(`Not pinned to a core: ${affinity.reason}.`);
  for (const missing of peers.missing) console.log(`Missing: ${missing}.`);
  const at = circumstances(affinity, extent.rounds, extent.seconds);
  const rows: ResultRow[] = [];
  for (const workload of chosen) {
    const { name, title, unit, targets } = workload;
    const startedAt = performance.now();
    try {
      const measured = await workload.measure({ peers, affinity, ...extent });
      const row: ResultRow = { name, title, unit, target: targets, ...measured, at };
      rows.push(row);
      onRow(row);
      console.log(`${summaryOf(row)}, in ${seconds(startedAt)} s`);
    } catch (error) {
      console.error(`${name}: not measured:`, error);
    }
  }
  console.log(`\n${markdownTable(rows)}`);
  return rows.length === chosen.length;
}

function seconds(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(0);
}

function summaryOf({ name, figures, unit }: ResultRow): string {
  const cells = Object.entries(figures).map(
    ([contender, { median }]) => `${contender} ${median.toPrecision(3)}`,
  );
  return `${name}: ${cells.join(", ")} ${unit}`;
}
