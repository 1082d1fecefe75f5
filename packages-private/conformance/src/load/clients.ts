import { goProgram, start } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cache } from "../tools/cache.ts";
import { buildDescriptors } from "../tools/descriptors.ts";
import { javaInterop } from "../tools/java-tools.ts";

/** What a client that calls over and over has seen. */
export interface Tally {
  readonly client: string;
  readonly calls: number;
  /**
   * Connections that were reset before the server had sent an octet, of clients
   * that call before they have its SETTINGS: as those end that wait in the
   * kernel while the listener closes. They are made again. Default 0.
   */
  readonly unaccepted?: number;
  /** How calls that did not succeed have ended, in the client's own words. */
  readonly failures: readonly string[];
}

export interface LoadTarget {
  /** Host and port. */
  readonly address: string;
  /** The file of the authority's certificate; without it: no TLS. */
  readonly ca?: string;
  /** Calls after which each caller opens a new connection; 0: never. */
  readonly reconnect: number;
}

const top = join(import.meta.dirname, "../../../..");
const TIMEOUT_MS = 3 * 60 * 60_000;

/**
 * Clients of three languages, each a process that calls until it is told to stop.
 *
 * @throws Error that says what is missing
 */
export class Clients implements AsyncDisposable {
  readonly #programs: readonly (readonly [client: string, program: Program])[];

  constructor(target: LoadTarget) {
    const { address, ca, reconnect } = target;
    const flags = [`--address=${address}`, `--reconnect=${reconnect}`];
    if (ca !== undefined) flags.push(`--ca=${ca}`);
    this.#programs = commands().map(([client, [command = "", ...args]]) => [
      client,
      start(command, [...args, ...flags], { timeoutMs: TIMEOUT_MS }),
    ]);
  }

  /** Lets the calls that are under way end. @throws Error where a client has ended before */
  async stop(): Promise<Tally[]> {
    for (const [, program] of this.#programs) program.end();
    return Promise.all(
      this.#programs.map(async ([client, program]) => {
        const { stdout, stderr } = await program.result;
        if (stdout === "") throw new Error(`the client on ${client} has failed\n${stderr}`);
        return { client, ...(JSON.parse(stdout) as Omit<Tally, "client">) };
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [, program] of this.#programs) await program[Symbol.asyncDispose]();
  }
}

function commands(): readonly (readonly [client: string, command: readonly string[]])[] {
  const descriptors = buildDescriptors("grpc-interop", javaInterop().protos);
  const node = [process.execPath, "-C", "@privet/source", join(import.meta.dirname, "program.ts")];
  return [
    ["grpc-go", [goProgram({ command: ".", module: join(import.meta.dirname, "go"), cache })]],
    ["grpcio", [findPython(), join(import.meta.dirname, "grpcio_client.py")]],
    ["connect-node", [...node, `--descriptors=${descriptors}`]],
  ];
}

function findPython(): string {
  const found = [
    process.env["PRIVET_PYTHON"],
    join(top, "examples/python/.venv/bin/python"),
    "python3",
  ].find((python) => {
    if (python === undefined || (python.includes("/") && !existsSync(python))) return false;
    return spawnSync(python, ["-c", "import grpc"], { stdio: "ignore" }).status === 0;
  });
  if (found === undefined) {
    throw new Error("the client on grpcio needs a Python with grpcio (PRIVET_PYTHON may name it)");
  }
  return found;
}
