import type { Suite } from "@privet/testkit";
import { parseArgs } from "node:util";
import { javaInterop } from "../tools/java-tools.ts";
import type { Peer, Target } from "./peer.ts";
import { peers } from "./peers/peers.ts";
import { serverNames, startServer } from "./server.ts";

const USAGE = `interop: --server takes one of ${serverNames.join(", ")}, --client one of ${peers.map(({ name }) => name).join(", ")}`;

export const interopSuite: Suite = {
  name: "interop",
  summary: `gRPC's interoperability cases: [--server ${serverNames.join("|")}] [--client NAME]... [--case NAME]...`,
  run: async (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        server: { type: "string", default: "privet" },
        client: { type: "string", multiple: true, default: peers.map(({ name }) => name) },
        case: { type: "string", multiple: true },
      },
    });
    const clients = peers.filter(({ name }) => values.client.includes(name));
    if (!serverNames.includes(values.server) || clients.length < values.client.length) {
      console.error(USAGE);
      return 2;
    }
    const outcomes: Outcome[] = [];
    for (const tls of [false, true]) {
      await using server = await startServer(values.server, tls);
      const certificates = tls ? javaInterop().certificates : undefined;
      for (const client of clients) {
        for (const testCase of choose(client.cases, values.case)) {
          const outcome = await runCase(client, testCase, { port: server.port, certificates });
          console.log(line(outcome));
          outcomes.push(outcome);
        }
      }
    }
    const failed = outcomes.filter(({ failure }) => failure !== undefined);
    for (const outcome of failed) console.log(`\n${line(outcome)}\n${outcome.failure}`);
    console.log(`\n${outcomes.length - failed.length} passed, ${failed.length} failed`);
    return failed.length === 0 && outcomes.length > 0 ? 0 : 1;
  },
};

interface Outcome {
  readonly client: string;
  readonly tls: boolean;
  readonly testCase: string;
  readonly seconds: number;
  /** What the client printed where it was not content. */
  readonly failure: string | undefined;
}

function choose(
  cases: readonly string[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  return wanted === undefined ? cases : cases.filter((name) => wanted.includes(name));
}

async function runCase(client: Peer, testCase: string, target: Target): Promise<Outcome> {
  const startedAt = performance.now();
  await using program = client.startClient(testCase, target);
  const { code, stdout, stderr } = await program.result;
  return {
    client: client.name,
    tls: target.certificates !== undefined,
    testCase,
    seconds: (performance.now() - startedAt) / 1000,
    failure: code === 0 ? undefined : `exit code ${code}\n${stdout}\n${stderr}`,
  };
}

function line({ client, tls, testCase, seconds, failure }: Outcome): string {
  const cells = [
    client.padEnd(9),
    (tls ? "TLS" : "h2c").padEnd(3),
    testCase.padEnd(34),
    `${seconds.toFixed(1)} s`.padStart(7),
    failure === undefined ? "passed" : "FAILED",
  ];
  return cells.join("  ");
}
