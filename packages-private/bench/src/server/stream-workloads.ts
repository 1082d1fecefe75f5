import { timesLess } from "../harness/workload.ts";
import { download, upload } from "./calls.ts";
import { closedLoopWorkload } from "./closed-loop-workload.ts";
import { grpcPeers, peerNames } from "./peers.ts";
import { PingPong } from "./ping-pong.ts";
import { cpuSideBySide } from "./side-by-side.ts";
import type { Workload } from "./workload.ts";

const KIB = 1024;
const MESSAGES = 1_000_000;
const MESSAGE_BYTES = 32;
const LARGE_MESSAGES = 10_000;
const LARGE_BYTES = 64 * KIB;
/** The load holds a whole upload in memory. */
const UPLOADED = 200_000;

const small = {
  unit: "message",
  targets: [timesLess("grpc-go", 1), timesLess("grpc-js", 7)],
  connections: 1,
  streams: 1,
};

/** Calls with many messages. */
export const streamWorkloads: readonly Workload[] = [
  closedLoopWorkload({
    ...small,
    name: "download",
    title: "stream of 1,000,000 × 32 bytes to the client",
    peers: peerNames,
    call: (scale) => {
      const amount = Math.ceil(MESSAGES * scale);
      return { call: download(amount, MESSAGE_BYTES), amount };
    },
  }),
  closedLoopWorkload({
    ...small,
    name: "upload",
    title: "stream of 200,000 × 32 bytes from the client",
    peers: grpcPeers,
    call: (scale) => {
      const amount = Math.ceil(UPLOADED * scale);
      return { call: upload(amount, MESSAGE_BYTES), amount };
    },
  }),
  {
    name: "ping-pong",
    title: "32 bytes to and fro on one stream, one message at a time",
    unit: "µs/round trip",
    targets: [timesLess("grpc-go", 1), timesLess("grpc-js", 1)],
    measure: (bench) =>
      cpuSideBySide(bench, peerNames, async ({ subject }, open) => {
        const target = { port: subject.ready.plain, tls: false };
        const stream = open.use(await PingPong.open(target, MESSAGE_BYTES));
        return (seconds) => stream.run(seconds);
      }),
  },
  closedLoopWorkload({
    name: "download-64k",
    title: "stream of 10,000 × 64 KiB to the client",
    unit: "MiB",
    targets: [timesLess("node:http2", 1)],
    peers: peerNames,
    connections: 1,
    streams: 1,
    call: (scale) => {
      const count = Math.ceil(LARGE_MESSAGES * scale);
      const amount = (count * LARGE_BYTES) / (KIB * KIB);
      return { call: download(count, LARGE_BYTES), amount };
    },
  }),
];
