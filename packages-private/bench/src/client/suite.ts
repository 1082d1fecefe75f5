import type { BenchSuite } from "../harness/bench-suite.ts";
import { fixedWorkloads } from "./fixed-workloads.ts";
import { memoryWorkloads } from "./memory-workloads.ts";
import { findPeers } from "./peers.ts";
import type { PeersFound } from "./peers.ts";
import { pickWorkloads } from "./pick-workloads.ts";
import { pingPongWorkloads } from "./ping-pong-workloads.ts";

/** `pnpm bench client`: the channel beside Node's other clients of gRPC and those of other languages. */
export const clientBench: BenchSuite<PeersFound> = {
  name: "client",
  summary:
    "CPU, latency and memory of the channel beside connect-node, grpc-js, grpc-go, tonic, grpcio",
  shownBy: "rpc-channel",
  workloads: [...fixedWorkloads, ...pingPongWorkloads, ...pickWorkloads, ...memoryWorkloads],
  findPeers,
  full: { rounds: 5, seconds: 1.25, scale: 1 },
  quick: { rounds: 1, seconds: 0.3, scale: 0.1 },
};
