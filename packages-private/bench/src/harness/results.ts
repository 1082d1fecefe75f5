import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import type { Affinity } from "./affinity.ts";
import { significant } from "./statistics.ts";
import type { Summary } from "./statistics.ts";

/** The figure that a row is held to. */
export type Target =
  | {
      readonly kind: "times-less";
      /** The contender that ours is compared with. */
      readonly than: string;
      readonly atLeast: number;
    }
  | { readonly kind: "at-most"; readonly limit: number };

/** What one workload gave, for each contender by name. */
export interface ResultRow {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly target: Target | readonly Target[];
  readonly figures: Readonly<Record<string, Summary>>;
  /** What each did in a second of wall-clock time, where that was looked at too. */
  readonly perSecond?: Readonly<Record<string, number>>;
  /** Where the figure is a median of single calls: the time below which 99 % of them lie. */
  readonly p99?: Readonly<Record<string, number>>;
  /** When and where it was measured. */
  readonly at: Circumstances;
}

/** What a reader must know to compare. */
export interface Circumstances {
  /** ISO date. */
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** The process under test had a core of its own. */
  readonly pinned: boolean;
  /** Measured windows per contender, and how long each was. */
  readonly rounds: number;
  readonly seconds: number;
}

export function circumstances(affinity: Affinity, rounds: number, seconds: number): Circumstances {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    pinned: affinity.pinned,
    rounds,
    seconds,
  };
}

/** @returns the rows in `file`; none where there is no file yet */
export function readResults(file: string): readonly ResultRow[] {
  if (!existsSync(file)) return [];
  return JSON.parse(readFileSync(file, "utf8")) as ResultRow[];
}

/** Writes `rows` in place of those of the same name, in the order of `names`; the others stay. */
export function mergeResults(
  file: string,
  rows: readonly ResultRow[],
  names: readonly string[],
): void {
  const byName = new Map([...readResults(file), ...rows].map((row) => [row.name, row]));
  const merged = names.flatMap((name) => byName.get(name) ?? []);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(merged, rounded, 2)}\n`);
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? significantOrWhole(value) : value;
}

function significantOrWhole(value: number): number {
  return Number.isInteger(value) ? value : significant(value);
}
