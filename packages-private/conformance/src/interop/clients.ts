import { runCase } from "./client/run-case.ts";
import { COMPRESSED, CORE, VERY_LARGE } from "./cases.ts";
import type { Peer, Target } from "./peer.ts";
import { peers } from "./peers/peers.ts";

/** A client that cases can be run with. */
export interface InteropClient {
  readonly name: string;
  readonly cases: readonly string[];
  /** Runs one case. Answers what was not as it should be, or undefined. */
  run(testCase: string, target: Target): Promise<string | undefined>;
}

const ours: InteropClient = {
  name: "privet",
  cases: [...CORE, ...COMPRESSED, ...VERY_LARGE],
  run: (testCase, target) =>
    runCase(testCase, target).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? String(error.stack) : String(error)),
    ),
};

function programOf(peer: Peer): InteropClient {
  return {
    name: peer.name,
    cases: peer.cases,
    async run(testCase, target) {
      await using program = peer.startClient(testCase, target);
      const { code, stdout, stderr } = await program.result;
      return code === 0 ? undefined : `exit code ${code}\n${stdout}\n${stderr}`;
    },
  };
}

export const clients: readonly InteropClient[] = [ours, ...peers.map(programOf)];
