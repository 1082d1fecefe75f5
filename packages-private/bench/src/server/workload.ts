import type { Bench as BenchWith, Workload as WorkloadWith } from "../harness/workload.ts";
import type { PeersFound } from "./peers.ts";

export type { Row } from "../harness/workload.ts";
export type Bench = BenchWith<PeersFound>;
export type Workload = WorkloadWith<PeersFound>;
