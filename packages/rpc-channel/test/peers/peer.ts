import type { Certificate } from "@privet/testkit";

/** A server of another's making, or ours, with the greeter that all of them have alike. */
export interface Peer {
  readonly name: string;
  /** Why it can't be tested here. */
  readonly skip: string | false;
  /** Starts it on two ports of 127.0.0.1. */
  start(certificate: Certificate): Promise<RunningPeer>;
}

export interface RunningPeer extends AsyncDisposable {
  /** The port without TLS. */
  readonly plain: number;
  /** The port with TLS, by the certificate. */
  readonly tls: number;
}
