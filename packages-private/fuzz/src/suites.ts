import type { Suite } from "@privet/testkit";

/** The fuzzers, in the order of the list that `pnpm fuzz` prints. */
export const suites: readonly Suite[] = [];
