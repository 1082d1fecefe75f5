import type { Suite } from "@privet/testkit";
import { parseArgs } from "node:util";
import { javaInterop } from "../tools/java-tools.ts";
import { clients } from "./clients.ts";
import type { InteropClient } from "./clients.ts";
import type { Target } from "./peer.ts";
import { servers } from "./servers.ts";
import type { InteropServer } from "./servers.ts";

const OURS = "privet";
const clientNames = clients.map(({ name }) => name);
const serverNames = servers.map(({ name }) => name);
const flags = `[--server ${serverNames.join("|")}]... [--client ${clientNames.join("|")}]...`;

export const interopSuite: Suite = {
  name: "interop",
  summary: `gRPC's interoperability cases, both ways round: ${flags} [--case NAME]...`,
  run: async (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        server: { type: "string", multiple: true, default: [] },
        client: { type: "string", multiple: true, default: [] },
        case: { type: "string", multiple: true },
      },
    });
    if (!areKnown(values.server, serverNames) || !areKnown(values.client, clientNames)) {
      console.error(`interop: ${flags}`);
      return 2;
    }
    const outcomes: Outcome[] = [];
    for (const server of servers) {
      const callers = clients.filter((client) => isWanted(client, server, values));
      if (callers.length === 0) continue;
      for (const tls of [false, true]) {
        outcomes.push(...(await runAgainst(server, tls, callers, values.case)));
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
  readonly server: string;
  readonly tls: boolean;
  readonly testCase: string;
  readonly seconds: number;
  /** What the client has to say where it was not content. */
  readonly failure: string | undefined;
}

/** The names that the command line has. */
interface Choice {
  readonly client: readonly string[];
  readonly server: readonly string[];
}

function areKnown(names: readonly string[], known: readonly string[]): boolean {
  return names.every((name) => known.includes(name));
}

/** Unless both sides are named, one of them is ours. */
function isWanted(client: InteropClient, server: InteropServer, choice: Choice): boolean {
  const named = choice.client.length > 0 && choice.server.length > 0;
  if (!named && client.name !== OURS && server.name !== OURS) return false;
  return isChosen(client.name, choice.client) && isChosen(server.name, choice.server);
}

function isChosen(name: string, names: readonly string[]): boolean {
  return names.length === 0 || names.includes(name);
}

async function runAgainst(
  server: InteropServer,
  tls: boolean,
  callers: readonly InteropClient[],
  wanted: readonly string[] | undefined,
): Promise<Outcome[]> {
  await using running = await server.start(tls);
  const certificates = tls ? javaInterop().certificates : undefined;
  const target = { port: running.port, certificates };
  const outcomes: Outcome[] = [];
  for (const client of callers) {
    const served = client.cases.filter((name) => !server.lacks.includes(name));
    for (const testCase of wanted === undefined ? served : served.filter(isIn(wanted))) {
      const outcome = await runCase(client, server, testCase, target);
      console.log(line(outcome));
      outcomes.push(outcome);
    }
  }
  return outcomes;
}

function isIn(names: readonly string[]): (name: string) => boolean {
  return (name) => names.includes(name);
}

async function runCase(
  client: InteropClient,
  server: InteropServer,
  testCase: string,
  target: Target,
): Promise<Outcome> {
  const startedAt = performance.now();
  const failure = await client.run(testCase, target);
  return {
    client: client.name,
    server: server.name,
    tls: target.certificates !== undefined,
    testCase,
    seconds: (performance.now() - startedAt) / 1000,
    failure,
  };
}

function line({ client, server, tls, testCase, seconds, failure }: Outcome): string {
  const cells = [
    `${client} → ${server}`.padEnd(20),
    (tls ? "TLS" : "h2c").padEnd(3),
    testCase.padEnd(34),
    `${seconds.toFixed(1)} s`.padStart(7),
    failure === undefined ? "passed" : "FAILED",
  ];
  return cells.join("  ");
}
