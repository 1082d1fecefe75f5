import type { Suite } from "@privet/testkit";
import { parseFuzzArguments } from "../arguments.ts";
import { seededRandom } from "@privet/testkit";
import { fuzzConnection, fuzzRoundTrip } from "./fuzz.ts";
import type { Counts, MakeDecoder } from "./fuzz.ts";

/** What a run has found: nothing, or a failure and where it was. */
export interface Findings {
  readonly counts: Counts;
  /** Connections before the failure, or all of them. */
  readonly connections: number;
  readonly failure: unknown;
}

/** Fuzzes until `until`, a time of `performance.now()`, or the first failure. */
export function fuzzUntil(until: number, seed: number, makeDecoder?: MakeDecoder): Findings {
  const random = seededRandom(seed);
  const counts = { decoded: 0, refused: 0, encoded: 0 };
  let connections = 0;
  try {
    for (; performance.now() < until; connections++) {
      fuzzConnection(random, counts, makeDecoder);
      fuzzRoundTrip(random, counts);
    }
  } catch (failure) {
    return { counts, connections, failure };
  }
  return { counts, connections, failure: undefined };
}

/** `pnpm fuzz hpack [--seconds N] [--seed S]` */
export const hpack: Suite = {
  name: "hpack",
  summary: "header blocks, against the naive decoder: --seconds 10 --seed S",
  run(args) {
    const { seconds, seed } = parseFuzzArguments(args, 10);
    console.log(`hpack: ${seconds} s from seed ${seed}`);
    const until = performance.now() + seconds * 1000;
    const { counts, connections, failure } = fuzzUntil(until, seed);
    const { decoded, refused, encoded } = counts;
    console.log(
      `hpack: ${connections} connections, ${decoded} blocks decoded, ${refused} refused, ${encoded} encoded`,
    );
    if (failure === undefined) return Promise.resolve(0);
    console.error(`hpack: connection ${connections} of seed ${seed} failed`, failure);
    return Promise.resolve(1);
  },
};
