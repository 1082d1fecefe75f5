import type { Affinity } from "./affinity.ts";
import type { Target } from "./results.ts";
import type { Summary } from "./statistics.ts";

/** How long and how large a run is. */
export interface Extent {
  /** Measured windows of each contender. */
  readonly rounds: number;
  /** Length of a measured window in seconds. */
  readonly seconds: number;
  /** Share of the full number of connections, streams, messages or addresses. */
  readonly scale: number;
}

/** What a workload may use, and how long it may take. */
export interface Bench<Peers> extends Extent {
  readonly peers: Peers;
  readonly affinity: Affinity;
}

/** What was measured: a figure for each contender, by name. */
export interface Row {
  readonly figures: Readonly<Record<string, Summary>>;
  /** How many of the unit there were each second of wall-clock time, beside the figure. */
  readonly perSecond?: Readonly<Record<string, number>>;
  /** Where the figure is a median of single calls: the time below which 99 % of them lie. */
  readonly p99?: Readonly<Record<string, number>>;
}

/** One thing that is measured. */
export interface Workload<Peers> {
  /** What `--only` takes. */
  readonly name: string;
  /** What the table says. */
  readonly title: string;
  readonly unit: string;
  readonly targets: readonly Target[];
  /** @throws Error that says what is missing on this machine */
  measure(bench: Bench<Peers>): Promise<Row>;
}

/** Ours has to cost so many times less than a peer. */
export function timesLess(than: string, atLeast: number): Target {
  return { kind: "times-less", than, atLeast };
}

export function atMost(limit: number): Target {
  return { kind: "at-most", limit };
}
