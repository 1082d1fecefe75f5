import { seededRandom } from "@privet/testkit";
import type { Suite } from "@privet/testkit";
import { parseFuzzArguments } from "../arguments.ts";
import { compareWithNode, fuzzSession } from "./fuzz.ts";
import { startNodePeer } from "./node-peer.ts";

/** Sessions to a comparison, which takes as long as a hundred of them. */
const SESSIONS = 100;

/** What a run has found: nothing, or a failure and the seed that shows it. */
export interface Findings {
  readonly rounds: number;
  readonly failure?: { readonly seed: number; readonly error: unknown };
}

/** Fuzzes while `goOn(rounds)`, each round from a seed of its own, until the first failure. */
export async function fuzzWhile(
  goOn: (rounds: number) => boolean,
  firstSeed: number,
): Promise<Findings> {
  using node = await startNodePeer();
  let rounds = 0;
  for (; goOn(rounds); rounds++) {
    const seed = (firstSeed + rounds) >>> 0;
    const random = seededRandom(seed);
    try {
      for (let i = 0; i < SESSIONS; i++) fuzzSession(random);
      await compareWithNode(random, node);
    } catch (error) {
      return { rounds, failure: { seed, error } };
    }
  }
  return { rounds };
}

/** `pnpm fuzz http2 [--seconds N] [--seed S]` */
export const http2: Suite = {
  name: "http2",
  summary: "sessions of both roles, and against node:http2: --seconds 10 --seed S",
  async run(args) {
    const { seconds, seed } = parseFuzzArguments(args, 10);
    console.log(`http2: ${seconds} s from seed ${seed}`);
    const until = performance.now() + seconds * 1000;
    const { rounds, failure } = await fuzzWhile(() => performance.now() < until, seed);
    const heap = Math.round(process.memoryUsage().heapUsed / 1_048_576);
    console.log(`http2: ${rounds * SESSIONS} sessions, ${rounds} compared, heap ${heap} MiB`);
    if (failure === undefined) return 0;
    console.error(`http2: failed with --seed ${failure.seed}`, failure.error);
    return 1;
  },
};
