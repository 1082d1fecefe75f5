import { timesLess } from "../harness/workload.ts";
import { echoChunk, echoGzip, sayHello, sayHelloJson, sayHelloWeb } from "./calls.ts";
import { closedLoopWorkload } from "./closed-loop-workload.ts";
import { connectPeers, grpcPeers, peerNames } from "./peers.ts";
import type { ServerPorts } from "./peers.ts";
import type { Workload } from "./workload.ts";

const KIB = 1024;

const unaryTargets = [
  timesLess("connect-node", 40),
  timesLess("grpc-js", 7),
  timesLess("grpc-go", 3),
  timesLess("tonic", 1),
];

const small = { unit: "call", connections: 8, streams: 32, call: sayHello };

/** Calls with one message each way. */
export const unaryWorkloads: readonly Workload[] = [
  closedLoopWorkload({
    ...small,
    name: "unary",
    title: "SayHello, 8 connections × 32",
    targets: unaryTargets,
    peers: peerNames,
  }),
  closedLoopWorkload({
    ...small,
    name: "unary-intercepted",
    title: "the same with one interceptor, which reads a header",
    targets: [timesLess("connect-node", 25)],
    peers: connectPeers,
    port: ({ intercepted }: ServerPorts) => intercepted,
  }),
  closedLoopWorkload({
    ...small,
    name: "unary-tls",
    title: "SayHello over TLS",
    targets: [timesLess("grpc-go", 1)],
    peers: peerNames,
    tls: true,
  }),
  closedLoopWorkload({
    name: "unary-1m",
    title: "echo of 1 MiB, 4 connections × 1",
    unit: "MiB",
    targets: [timesLess("node:http2", 1)],
    peers: peerNames,
    connections: 4,
    streams: 1,
    call: echoChunk(KIB * KIB),
  }),
  closedLoopWorkload({
    name: "unary-gzip",
    title: "echo of 16 KiB that gzip makes small, both ways",
    unit: "call",
    targets: [timesLess("connect-node", 1)],
    // grpc-js answers without compression, whatever it is asked in.
    peers: grpcPeers.filter((name) => name !== "grpc-js"),
    connections: 8,
    streams: 4,
    call: echoGzip(16 * KIB),
    port: ({ gzip, plain }: ServerPorts) => gzip ?? plain,
  }),
  closedLoopWorkload({
    ...small,
    name: "connect-json",
    title: "SayHello of Connect with JSON, HTTP/2",
    targets: [timesLess("connect-node", 1)],
    peers: connectPeers,
    call: sayHelloJson,
  }),
  closedLoopWorkload({
    ...small,
    name: "grpc-web",
    title: "SayHello of gRPC-Web, HTTP/2",
    targets: [timesLess("connect-node", 1)],
    peers: connectPeers,
    call: sayHelloWeb,
  }),
];
