import type { ServerTls } from "@privet/http2/node";
import type { ServerCredentials } from "../tls/credentials.ts";
import { asPem } from "../tls/material.ts";
import type { TlsMaterial } from "../tls/material.ts";

/** What `node:tls` wants to know. */
export function tlsOptions(credentials: ServerCredentials, material: TlsMaterial): ServerTls {
  const { clientCertificates, minVersion } = credentials;
  const { privateKey, certificateChain, rootCertificates } = material;
  return {
    key: asPem(privateKey),
    cert: asPem(certificateChain),
    ...(rootCertificates !== undefined && { ca: asPem(rootCertificates) }),
    minVersion,
    requestCert: clientCertificates !== "none",
    // With `optional`, OpenSSL lets everyone in: who may stay is seen after the handshake.
    rejectUnauthorized: clientCertificates === "required",
  };
}
