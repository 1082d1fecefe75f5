import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { start } from "@privet/testkit";
import type { Affinity } from "../harness/affinity.ts";
import { timesLess } from "../harness/workload.ts";
import { cache } from "../peers/programs.ts";
import { sayHelloJson, sayHelloWeb } from "./calls.ts";
import type { BenchCall } from "./calls.ts";
import { connectPeers } from "./peers.ts";
import { cpuSideBySide } from "./side-by-side.ts";
import type { Work } from "./side-by-side.ts";
import type { Workload } from "./workload.ts";

const CONNECTIONS = 8;

/** The protocols of browsers and of curl on HTTP/1.1, under h2load. */
export const http1Workloads: readonly Workload[] = [
  http1("connect-json-http1", "SayHello of Connect with JSON, HTTP/1.1", sayHelloJson),
  http1("grpc-web-http1", "SayHello of gRPC-Web, HTTP/1.1", sayHelloWeb),
];

function http1(name: string, title: string, call: BenchCall): Workload {
  return {
    name,
    title,
    unit: "µs/call",
    targets: [timesLess("connect-node", 1)],
    measure: (bench) => {
      checkH2load();
      return cpuSideBySide(bench, connectPeers, async ({ subject }) => {
        const { http1: port = 0 } = subject.ready;
        return (seconds) => h2load(bench.affinity, port, call, seconds);
      });
    },
  };
}

/** @throws Error that says what is missing */
function checkH2load(): void {
  if (spawnSync("h2load", ["--version"], { stdio: "ignore" }).status !== 0) {
    throw new Error("the workloads over HTTP/1.1 need h2load: apt-get install nghttp2-client");
  }
}

/** @throws Error where any call fails */
async function h2load(
  affinity: Affinity,
  port: number,
  call: BenchCall,
  seconds: number,
): Promise<Work> {
  const body = join(cache, "h2load-body");
  mkdirSync(cache, { recursive: true });
  writeFileSync(body, call.body);
  const fields = call.fields.flatMap(({ name, value }) => ["-H", `${name}: ${value}`]);
  const flags = [
    "--h1",
    "-c",
    String(CONNECTIONS),
    "-D",
    `${Math.round(seconds * 1000)}ms`,
    "-d",
    body,
  ];
  const url = `http://127.0.0.1:${port}${call.path}`;
  const [command, ...args] = affinity.load.wrap("h2load", [...flags, ...fields, url]);
  await using running = start(command, args);
  const { stdout, stderr } = await running.result;
  const finished = /finished in ([\d.]+)s/.exec(stdout);
  const counts = /requests: .* (\d+) succeeded, (\d+) failed/.exec(stdout);
  const statuses = /status codes: (\d+) 2xx/.exec(stdout);
  const amount = Number(counts?.[1]);
  if (finished === null || !(amount > 0) || counts?.[2] !== "0" || statuses === null) {
    throw new Error(`h2load is not content\n${stdout}\n${stderr}`);
  }
  return { amount, seconds: Number(finished[1]) };
}
