import type { BenchSuite } from "../harness/bench-suite.ts";
import { findPeers } from "./peers.ts";
import type { PeersFound } from "./peers.ts";
import { workloads } from "./workloads.ts";

/** `pnpm bench http2`: the engine beside node:http2, and Go and Python where they are. */
export const http2Bench: BenchSuite<PeersFound> = {
  name: "http2",
  summary: "CPU and memory of the HTTP/2 engine beside node:http2, Go and Python",
  shownBy: "http2",
  workloads,
  findPeers,
  full: { rounds: 5, seconds: 3, scale: 1 },
  quick: { rounds: 1, seconds: 0.5, scale: 0.1 },
};
