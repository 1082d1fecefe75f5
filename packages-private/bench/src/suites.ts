import type { Suite } from "@privet/testkit";
import { http2Suite } from "./http2/suite.ts";
import { serverSuite } from "./server/suite.ts";

/** The benchmarks, in the order of the list that `pnpm bench` prints. */
export const suites: readonly Suite[] = [http2Suite, serverSuite];
