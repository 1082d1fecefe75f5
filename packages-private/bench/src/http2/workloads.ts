import { clientWorkload } from "./client-workload.ts";
import { floodWorkload } from "./flood-workload.ts";
import { memoryWorkloads } from "./memory-workloads.ts";
import { scalingWorkload } from "./scaling-workload.ts";
import { serverWorkloads } from "./server-workloads.ts";
import type { Workload } from "./workload.ts";

/** Every workload of `pnpm bench http2`, in the order of the table. */
export const workloads: readonly Workload[] = [
  ...serverWorkloads,
  clientWorkload,
  scalingWorkload,
  floodWorkload,
  ...memoryWorkloads,
];
