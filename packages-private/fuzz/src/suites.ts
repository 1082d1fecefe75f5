import type { Suite } from "@privet/testkit";
import { hpack } from "./hpack/suite.ts";
import { http2 } from "./http2/suite.ts";

/** The fuzzers, in the order of the list that `pnpm fuzz` prints. */
export const suites: readonly Suite[] = [hpack, http2];
