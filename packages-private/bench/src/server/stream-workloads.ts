import { timesLess } from "../harness/workload.ts";
import { download, upload } from "./calls.ts";
import { closedLoopWorkload } from "./closed-loop-workload.ts";
import { grpcPeers, peerNames } from "./peers.ts";
import { PingPong } from "./ping-pong.ts";
import { cpuSideBySide } from "./side-by-side.ts";
import type { Workload } from "./workload.ts";

const KIB = 1024;
const MESSAGE_BYTES = 32;
const LARGE_BYTES = 64 * KIB;
/** Of one call: so many that a call's beginning and end cost nothing, so few that a window can end. */
const MESSAGES = 20_000;
const LARGE_MESSAGES = 100;

const small = {
  unit: "message",
  targets: [timesLess("grpc-go", 1), timesLess("grpc-js", 7)],
  amount: MESSAGES,
  connections: 1,
  streams: 1,
};

/** Calls with many messages. */
export const streamWorkloads: readonly Workload[] = [
  closedLoopWorkload({
    ...small,
    name: "download",
    title: "stream of 32-byte messages to the client",
    peers: peerNames,
    call: download(MESSAGES, MESSAGE_BYTES),
  }),
  closedLoopWorkload({
    ...small,
    name: "upload",
    title: "stream of 32-byte messages from the client",
    peers: grpcPeers,
    call: upload(MESSAGES, MESSAGE_BYTES),
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
    title: "stream of 64 KiB messages to the client",
    unit: "MiB",
    targets: [timesLess("node:http2", 1)],
    peers: peerNames,
    connections: 1,
    streams: 1,
    call: download(LARGE_MESSAGES, LARGE_BYTES),
    amount: (LARGE_MESSAGES * LARGE_BYTES) / (KIB * KIB),
  }),
];
