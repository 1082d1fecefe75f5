import { join } from "node:path";
import { goProgram, start } from "@privet/testkit";
import type { Affinity } from "../harness/affinity.ts";
import { timesLess } from "../harness/workload.ts";
import { cache, protos } from "../peers/programs.ts";
import { grpcPeers } from "./peers.ts";
import { cpuSideBySide } from "./side-by-side.ts";
import type { Work } from "./side-by-side.ts";
import type { Workload } from "./workload.ts";

// The workload of the community's comparison of gRPC servers (grpc_bench,
// "complex_proto"): ghz, 50 connections, 1,000 calls under way.

const HELLO = {
  name: "a name",
  d: 4.55332,
  f: 232.3,
  b: true,
  n: 32,
  l: 444325235223,
  c1: "ofcouse",
  pets: [
    { name: "Bof the dog", color: "BLUE" },
    { name: "Kim the cat", color: "RED" },
  ],
};

export const communityWorkload: Workload = {
  name: "complex-echo",
  title: "echo of a complex message, ghz, 50 connections, 1,000 calls under way",
  unit: "µs/call",
  targets: [timesLess("grpc-js", 7), timesLess("grpc-go", 1)],
  measure: (bench) => {
    const ghz = goProgram({
      command: "github.com/bojand/ghz/cmd/ghz",
      module: join(import.meta.dirname, "ghz"),
      cache,
    });
    return cpuSideBySide(
      bench,
      grpcPeers,
      async ({ subject }) =>
        (seconds) =>
          runGhz(ghz, bench.affinity, subject.ready.plain, seconds),
    );
  },
};

interface GhzReport {
  readonly count: number;
  /** In nanoseconds. */
  readonly total: number;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
}

/** @throws Error where any call fails but those that the end of the window cuts off */
async function runGhz(
  program: string,
  affinity: Affinity,
  port: number,
  seconds: number,
): Promise<Work> {
  const flags = {
    "import-paths": protos,
    proto: "bench/v1/bench.proto",
    call: "bench.v1.BenchService.Echo",
    connections: "50",
    concurrency: "1000",
    duration: `${Math.round(seconds * 1000)}ms`,
    "duration-stop": "wait",
    data: JSON.stringify(HELLO),
    format: "json",
  };
  const [command, ...args] = affinity.load.wrap(program, [
    "--insecure",
    ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    `127.0.0.1:${port}`,
  ]);
  await using running = start(command, args, { timeoutMs: (seconds + 60) * 1000 });
  const { stdout, stderr } = await running.result;
  const report = JSON.parse(stdout || "{}") as Partial<GhzReport>;
  const { count = 0, total = 0, statusCodeDistribution: codes = {} } = report;
  if (count === 0 || codes["OK"] !== count) {
    throw new Error(`ghz is not content: ${JSON.stringify(codes)}\n${stderr}`);
  }
  return { amount: count, seconds: total / 1e9 };
}
