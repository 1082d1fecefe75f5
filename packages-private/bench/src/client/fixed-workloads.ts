import { readFileSync } from "node:fs";
import { create, toBinary } from "@bufbuild/protobuf";
import { alternate } from "../harness/rounds.ts";
import type { Contender } from "../harness/rounds.ts";
import type { Target } from "../harness/results.ts";
import { medians, summaries } from "../harness/statistics.ts";
import { timesLess } from "../harness/workload.ts";
import { startFixedServer } from "../load/fixed-server.ts";
import type { Listener } from "../load/listener.ts";
import { startStreamingServer } from "../load/streaming-server.ts";
import { chunkOf, prefixed } from "../server/calls.ts";
import { SayHelloResponseSchema, UploadResponseSchema } from "../server/gen/bench/v1/bench_pb.ts";
import { startClient } from "./client-under-test.ts";
import type { Window } from "./window.ts";
import type { Bench, Row, Workload } from "./workload.ts";

interface FixedWorkload extends Pick<Window, "work"> {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly targets?: readonly Target[];
  readonly width?: number;
  readonly count?: number;
  readonly size?: number;
  readonly tls?: boolean;
  /** How many of the unit one of the client's amount is. Default 1. */
  readonly worth?: number;
  readonly serve: (bench: Bench) => Promise<Listener>;
}

const MIB = 1024 * 1024;
const SMALL = 32;
const LARGE = 64 * 1024;
/** Of a call that a window can end after. */
const SMALL_MESSAGES = 20_000;
const LARGE_MESSAGES = 100;
const ROUND_TRIPS = 1_000;

const greeting = prefixed(
  toBinary(SayHelloResponseSchema, create(SayHelloResponseSchema, { greeting: "Hello, Ada!" })),
);
const uploaded = prefixed(
  toBinary(UploadResponseSchema, create(UploadResponseSchema, { size: SMALL * SMALL_MESSAGES })),
);

/**
 * CPU of clients, against servers that only send octets made beforehand: they
 * are never the bottleneck, and do the same for every client.
 */
export const fixedWorkloads: readonly Workload[] = [
  {
    name: "unary",
    title: "SayHello, 1 connection × 64",
    unit: "call",
    work: "unary" as const,
    width: 64,
    targets: [
      timesLess("connect-node", 30),
      timesLess("grpc-js", 9),
      timesLess("grpc-go", 1.5),
      timesLess("tonic", 1),
    ],
    serve: () => startFixedServer(greeting),
  },
  {
    name: "unary-tls",
    title: "the same over TLS",
    unit: "call",
    work: "unary" as const,
    width: 64,
    tls: true,
    serve: ({ peers: { certificates } }: Bench) =>
      startFixedServer(greeting, {
        cert: readFileSync(certificates.cert, "utf8"),
        key: readFileSync(certificates.key, "utf8"),
      }),
  },
  {
    name: "download",
    title: "stream of 32-byte messages from the server, packed",
    unit: "message",
    work: "download" as const,
    count: SMALL_MESSAGES,
    size: SMALL,
    serve: () =>
      startStreamingServer({ kind: "repeat", message: chunkOf(SMALL), count: SMALL_MESSAGES }),
  },
  {
    name: "upload",
    title: "stream of 32-byte messages to the server",
    unit: "message",
    work: "upload" as const,
    count: SMALL_MESSAGES,
    size: SMALL,
    serve: () => startFixedServer(uploaded),
  },
  {
    name: "stream-ping-pong",
    title: "32 bytes to and fro on one stream, one message at a time",
    unit: "round trip",
    work: "ping-pong" as const,
    count: ROUND_TRIPS,
    size: SMALL,
    serve: () => startStreamingServer({ kind: "echo" }),
  },
  {
    name: "unary-1m",
    title: "echo of 1 MiB, one call at a time",
    unit: "MiB",
    work: "echo" as const,
    size: MIB,
    serve: () => startStreamingServer({ kind: "repeat", message: chunkOf(MIB), count: 1 }),
  },
  {
    name: "download-64k",
    title: "stream of 64 KiB messages from the server",
    unit: "MiB",
    work: "download" as const,
    count: LARGE_MESSAGES,
    size: LARGE,
    worth: LARGE / MIB,
    serve: () =>
      startStreamingServer({ kind: "repeat", message: chunkOf(LARGE), count: LARGE_MESSAGES }),
  },
].map(workloadOf);

function workloadOf(options: FixedWorkload): Workload {
  const { name, title, unit, targets = [] } = options;
  return {
    name,
    title,
    unit: `µs/${unit}`,
    targets,
    measure: (bench) => measure(bench, options),
  };
}

async function measure(bench: Bench, options: FixedWorkload): Promise<Row> {
  await using open = new AsyncDisposableStack();
  const { work, width = 1, count = 0, size = 0, tls = false, worth = 1 } = options;
  const { port } = open.use(await options.serve(bench));
  const window: Window = { work, port, tls, width, count, size, seconds: bench.seconds };
  const rates = new Map<string, number[]>();
  const contenders: Contender[] = [];
  for (const { name, program } of bench.peers.clients) {
    const client = open.use(await startClient(program, bench.affinity));
    // The first window connects and warms up: it isn't measured.
    await client.run(window);
    const measured: number[] = [];
    rates.set(name, measured);
    contenders.push({
      name,
      measure: async () => {
        const before = await client.cpuMicros();
        const { amount, seconds } = await client.run(window);
        measured.push((amount * worth) / seconds);
        return ((await client.cpuMicros()) - before) / (amount * worth);
      },
    });
  }
  const samples = await alternate(contenders, bench.rounds);
  return { figures: summaries(samples), perSecond: medians(rates) };
}
