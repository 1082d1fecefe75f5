import { readFileSync, writeFileSync } from "node:fs";

/** What a run has measured, as it is kept beside the pictures. */
export interface Recording {
  readonly at: Circumstances;
  readonly shares: readonly Shares[];
  readonly failover: Failover;
}

/** What a reader must know to compare. */
interface Circumstances {
  /** ISO date. */
  readonly date: string;
  readonly node: string;
}

/** How one balancer has spread calls over servers of which the last is slow, or none. */
export interface Shares {
  readonly balancer: string;
  readonly scenario: "alike" | "one slow";
  /** Calls by server, in their order. */
  readonly calls: readonly number[];
  /** Of a call, in milliseconds: half took no longer, and 99 of a hundred. */
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** What happened to a steady load when a server was killed, and came back. */
export interface Failover {
  readonly balancer: string;
  /** Calls a second. */
  readonly rate: number;
  /** Of one column of `answered`, in milliseconds. */
  readonly binMs: number;
  /** Since the beginning, in milliseconds. */
  readonly killedAtMs: number;
  readonly backAtMs: number;
  /** By server, in their order: calls that it answered, by the time of their answer. */
  readonly answered: readonly (readonly number[])[];
  readonly calls: number;
  readonly failed: number;
}

const folder = new URL("../../../../docs/images/", import.meta.url);

/** Where the run and its pictures are kept. */
export const files: Readonly<Record<"recording" | "shares" | "failover" | "document", URL>> = {
  recording: new URL("load-balancing.json", folder),
  shares: new URL("balancer-shares.svg", folder),
  failover: new URL("failover.svg", folder),
  document: new URL("../load-balancing.md", folder),
};

/** The last run. @throws Error where there is none */
export function readRecording(): Recording {
  return JSON.parse(readFileSync(files.recording, "utf8")) as Recording;
}

export function writeRecording(recording: Recording): void {
  writeFileSync(files.recording, `${JSON.stringify(recording, null, 1)}\n`);
}
