import {
  compressionBrotli,
  compressionDeflate,
  compressionGzip,
  compressionZstd,
  createServer,
  tlsCredentials,
} from "@privet/rpc-server";
import type { Subject, SubjectPlan, SubjectTls } from "./subject.ts";

/** Our server. */
export async function startPrivet({ routes, tls, options }: SubjectPlan): Promise<Subject> {
  const server = createServer({
    ...options,
    routes,
    acceptCompression: [compressionGzip, compressionBrotli, compressionDeflate, compressionZstd],
  });
  const port =
    tls === undefined
      ? await server.addInsecurePort("127.0.0.1:0")
      : await server.addSecurePort("127.0.0.1:0", credentials(tls));
  await server.start();
  return { port, [Symbol.asyncDispose]: () => server.stop() };
}

function credentials({ key, cert, clientCa }: SubjectTls): ReturnType<typeof tlsCredentials> {
  return tlsCredentials({
    privateKey: key,
    certificateChain: cert,
    ...(clientCa !== undefined && { rootCertificates: clientCa }),
  });
}
