import type { Affinity } from "../harness/affinity.ts";
import type { Target } from "../harness/results.ts";
import type { Summary } from "../harness/statistics.ts";
import type { PeersFound } from "./peers.ts";

/** What a workload may use, and how long it may take. */
export interface Bench {
  readonly peers: PeersFound;
  readonly affinity: Affinity;
  /** Measured windows of each server. */
  readonly rounds: number;
  /** Length of a measured window in seconds. */
  readonly seconds: number;
  /** Share of the full number of messages on a stream. */
  readonly scale: number;
}

/** A row of figures: one per server, by name. */
export interface Row {
  readonly figures: Readonly<Record<string, Summary>>;
  /** How many of the unit there were each second of wall-clock time, beside the figure. */
  readonly perSecond?: Readonly<Record<string, number>>;
}

/** One thing that is measured. */
export interface Workload {
  /** What `--only` takes. */
  readonly name: string;
  /** What the table says. */
  readonly title: string;
  readonly unit: string;
  readonly targets: readonly Target[];
  measure(bench: Bench): Promise<Row>;
}
