import type { Suite } from "@privet/testkit";

/** The conformance suites, in the order of the list that `pnpm conformance` prints. */
export const suites: readonly Suite[] = [];
