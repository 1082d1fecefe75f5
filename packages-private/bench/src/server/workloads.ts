import { allocationWorkload } from "./allocation-workload.ts";
import { communityWorkload } from "./community-workload.ts";
import { http1Workloads } from "./http1-workloads.ts";
import { latencyWorkload } from "./latency-workload.ts";
import { streamWorkloads } from "./stream-workloads.ts";
import { unaryWorkloads } from "./unary-workloads.ts";
import type { Workload } from "./workload.ts";

/** Every workload of `pnpm bench server`, in the order of the table. */
export const workloads: readonly Workload[] = [
  ...unaryWorkloads,
  ...http1Workloads,
  ...streamWorkloads,
  communityWorkload,
  latencyWorkload,
  allocationWorkload,
];
