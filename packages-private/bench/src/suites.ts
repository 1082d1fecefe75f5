import type { Suite } from "@privet/testkit";

/** The benchmarks, in the order of the list that `pnpm bench` prints. */
export const suites: readonly Suite[] = [];
