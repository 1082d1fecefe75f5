import type { Interceptor } from "@connectrpc/connect";
import {
  bearerAuth,
  createServer,
  staticTokens,
  tlsCredentialsFromFiles,
} from "@privet/rpc-server";
import type { CertificateFiles } from "./certificates.ts";
import { standIn } from "./stand-in.ts";

export interface RpcServerOptions {
  /** With TLS, by this certificate. */
  readonly certificate?: CertificateFiles;
  /** The authority that clients' certificates must come from. */
  readonly clientAuthority?: string;
  /** The token that callers must have. */
  readonly token?: string;
  /** Default: a free port of 127.0.0.1. */
  readonly address?: string;
  readonly interceptors?: Interceptor[];
}

/** The stand-in on @privet/rpc-server. */
export interface RpcServer extends AsyncDisposable {
  /** "127.0.0.1:PORT", or the address as it was given where that is a socket. */
  readonly address: string;
  readonly port: number;
}

export async function startRpcServer(options: RpcServerOptions = {}): Promise<RpcServer> {
  const { certificate, clientAuthority, token, address = "127.0.0.1:0", interceptors } = options;
  const server = createServer({
    routes: standIn,
    ...(interceptors && { interceptors }),
    ...(token !== undefined && {
      requestGate: bearerAuth({ verify: staticTokens({ [token]: "tests" }) }),
    }),
  });
  const port =
    certificate === undefined
      ? await server.addInsecurePort(address)
      : await server.addSecurePort(
          address,
          tlsCredentialsFromFiles({
            privateKeyFile: certificate.key,
            certificateChainFile: certificate.cert,
            ...(clientAuthority !== undefined && { rootCertificatesFile: clientAuthority }),
          }),
        );
  await server.start();
  return {
    port,
    address: port === 0 ? address : `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
