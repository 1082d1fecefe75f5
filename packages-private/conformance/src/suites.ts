import type { Suite } from "@privet/testkit";
import { clientSuite } from "./client/suite.ts";
import { drainSuite } from "./drain/suite.ts";
import { h2specSuite } from "./h2spec/suite.ts";
import { interopSuite } from "./interop/suite.ts";
import { rotateSuite } from "./rotate/suite.ts";
import { serverSuite } from "./server/suite.ts";
import { soakSuite } from "./soak/suite.ts";

/** The conformance suites, in the order of the list that `pnpm conformance` prints. */
export const suites: readonly Suite[] = [
  h2specSuite,
  serverSuite,
  clientSuite,
  interopSuite,
  drainSuite,
  rotateSuite,
  soakSuite,
];
