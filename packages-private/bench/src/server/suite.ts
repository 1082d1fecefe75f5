import type { BenchSuite } from "../harness/bench-suite.ts";
import { findPeers } from "./peers.ts";
import type { PeersFound } from "./peers.ts";
import { workloads } from "./workloads.ts";

/** `pnpm bench server`: the gRPC server beside those of other languages and Node's others. */
export const serverBench: BenchSuite<PeersFound> = {
  name: "server",
  summary:
    "CPU of the gRPC server beside connect-node, grpc-js, node:http2, grpc-go, tonic, grpcio",
  shownBy: "rpc-server",
  workloads,
  findPeers,
  full: { rounds: 5, seconds: 1.25, scale: 1 },
  quick: { rounds: 1, seconds: 0.5, scale: 0.1 },
};
