import type { Bench as BenchWith, Workload as WorkloadWith } from "../harness/workload.ts";
import type { PeersFound } from "./peers.ts";

export type { Row } from "../harness/workload.ts";
/** The server's bench: `scale` is of the messages on a stream. */
export type Bench = BenchWith<PeersFound>;
export type Workload = WorkloadWith<PeersFound>;
