import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

/** Keys and certificates, in PEM. */
export interface TlsMaterial {
  readonly privateKey: string | Uint8Array;
  readonly certificateChain: string | Uint8Array;
  readonly rootCertificates: string | Uint8Array | undefined;
}

/**
 * Can a server work with it?
 *
 * @throws Error that says which part is at fault
 */
export function checkMaterial(material: TlsMaterial): void {
  const key = readable("private key", () => createPrivateKey(asPem(material.privateKey)));
  const certificate = readable(
    "certificate chain",
    () => new X509Certificate(asPem(material.certificateChain)),
  );
  if (!certificate.checkPrivateKey(key)) {
    throw new Error("the private key is not that of the certificate");
  }
  if (new Date(certificate.validTo) <= new Date()) {
    throw new Error(`the certificate was valid until ${certificate.validTo}`);
  }
  if (material.rootCertificates !== undefined) {
    const roots = asPem(material.rootCertificates);
    readable("root certificates", () => new X509Certificate(roots));
  }
  readable("certificates", () =>
    createSecureContext({
      key: asPem(material.privateKey),
      cert: asPem(material.certificateChain),
      ca: material.rootCertificates && asPem(material.rootCertificates),
    }),
  );
}

export function sameMaterial(a: TlsMaterial, b: TlsMaterial): boolean {
  return (
    asPem(a.privateKey).equals(asPem(b.privateKey)) &&
    asPem(a.certificateChain).equals(asPem(b.certificateChain)) &&
    asPem(a.rootCertificates ?? "").equals(asPem(b.rootCertificates ?? ""))
  );
}

export function asPem(text: string | Uint8Array): Buffer {
  return typeof text === "string" ? Buffer.from(text) : Buffer.from(text);
}

/** OpenSSL's errors don't say what was read. */
function readable<T>(part: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`the ${part} can't be used: ${(cause as Error).message}`, { cause });
  }
}
