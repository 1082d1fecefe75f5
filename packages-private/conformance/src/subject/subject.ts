import type { ConnectRouter, ConnectRouterOptions } from "@connectrpc/connect";

/** What a server under test is to serve. */
export interface SubjectPlan {
  readonly routes: (router: ConnectRouter) => void;
  /** Without it: no TLS. */
  readonly tls?: SubjectTls;
  /** False where the clients speak HTTP/1.1: only our port sees by itself what they speak. */
  readonly http2: boolean;
  readonly options: Pick<
    ConnectRouterOptions,
    "jsonOptions" | "readMaxBytes" | "compressMinBytes" | "interceptors"
  >;
}

/** In PEM. */
export interface SubjectTls {
  readonly key: Uint8Array | string;
  readonly cert: Uint8Array | string;
  /** Where it is there, clients have to show a certificate that it verifies. */
  readonly clientCa?: Uint8Array | string;
}

/** A server under test, on a port of its own of 127.0.0.1. */
export interface Subject extends AsyncDisposable {
  readonly port: number;
}
