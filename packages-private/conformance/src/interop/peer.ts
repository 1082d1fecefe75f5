import type { Program } from "@privet/testkit";

/** Where a server under test is. */
export interface Target {
  readonly port: number;
  /** The folder of gRPC's certificates for tests; without it: no TLS. */
  readonly certificates: string | undefined;
}

/** The interoperability programs of another implementation. */
export interface Peer {
  readonly name: string;
  /** The cases that its client has, and that need nothing but a server. */
  readonly cases: readonly string[];
  /** The cases that its server doesn't do its part in. */
  readonly lacks: readonly string[];
  /** Starts its client, which runs one case and ends with 0 where all was as it should be. */
  startClient(testCase: string, target: Target): Program;
  /** Starts its server on a port that is free now. */
  startServer(target: Target): Program;
}
