import type { Affinity } from "../harness/affinity.ts";
import type { Target } from "../harness/results.ts";
import type { Summary } from "../harness/statistics.ts";
import type { PeersFound } from "./peers.ts";

/** What a workload may use, and how long it may take. */
export interface Bench {
  readonly peers: PeersFound;
  readonly affinity: Affinity;
  /** Measured windows of each peer. */
  readonly rounds: number;
  /** Length of a measured window in seconds. */
  readonly seconds: number;
  /** Share of the full number of connections and streams in the memory workloads. */
  readonly scale: number;
}

/** A row of figures: one per contender, by name. */
export type Row = Readonly<Record<string, Summary>>;

/** One thing that is measured. */
export interface Workload {
  /** What `--only` takes. */
  readonly name: string;
  /** What the table says. */
  readonly title: string;
  readonly unit: string;
  readonly target: Target;
  measure(bench: Bench): Promise<Row>;
}
