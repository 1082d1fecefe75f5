import type { Suite } from "@privet/testkit";
import { clientBench } from "./client/suite.ts";
import { suiteOf } from "./harness/bench-suite.ts";
import { http2Bench } from "./http2/suite.ts";
import { serverBench } from "./server/suite.ts";

/** The benchmarks, in the order of the list that `pnpm bench` prints. */
export const suites: readonly Suite[] = [
  suiteOf(http2Bench),
  suiteOf(serverBench),
  suiteOf(clientBench),
];
