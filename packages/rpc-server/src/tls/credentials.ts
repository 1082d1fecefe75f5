import { readFile } from "node:fs/promises";
import { checkMaterial } from "./material.ts";
import type { TlsMaterial } from "./material.ts";
import { watchFiles } from "./watch-files.ts";

/**
 * Are clients asked for a certificate?
 *
 * - `none`: no
 * - `optional`: yes; a connection whose certificate can't be verified is closed, one without is taken
 * - `required`: yes, and without one the handshake fails
 */
export type ClientCertificates = "none" | "optional" | "required";

/** What a secure port proves itself with, and what it asks of its clients. */
export interface ServerCredentials {
  readonly clientCertificates: ClientCertificates;
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly minVersion: TlsVersion;
  /**
   * The certificates as they are now.
   *
   * @throws Error for what can't be read, or that OpenSSL can't use
   */
  load(): Promise<TlsMaterial>;
  /** Calls `changed` whenever `load()` may answer something else; absent where it never does. */
  readonly watch?: (changed: () => void) => Disposable;
}

export type TlsVersion = "TLSv1.2" | "TLSv1.3";

interface CommonOptions {
  /** Default: `required` where there are root certificates, else `none`. */
  readonly clientCertificates?: ClientCertificates;
  /** Default `TLSv1.2`. */
  readonly minVersion?: TlsVersion;
}

/** All in PEM. */
export interface TlsOptions extends CommonOptions {
  readonly privateKey: string | Uint8Array;
  /** The server's certificate, then those that link it to a root. */
  readonly certificateChain: string | Uint8Array;
  /** The authorities that clients' certificates come from. */
  readonly rootCertificates?: string | Uint8Array;
}

/** Paths of files in PEM. */
export interface TlsFileOptions extends CommonOptions {
  readonly privateKeyFile: string;
  /** The server's certificate, then those that link it to a root. */
  readonly certificateChainFile: string;
  /** The authorities that clients' certificates come from. */
  readonly rootCertificatesFile?: string;
  /** How often the files are read again, in ms, for file systems that don't tell of changes. Default 30,000. */
  readonly pollMs?: number;
}

/**
 * Credentials that stay as they are.
 *
 * @throws TypeError where client certificates are asked for and there is nothing to verify them with
 */
export function tlsCredentials(options: TlsOptions): ServerCredentials {
  const { privateKey, certificateChain, rootCertificates } = options;
  const material: TlsMaterial = { privateKey, certificateChain, rootCertificates };
  return {
    ...common(options, rootCertificates !== undefined),
    async load() {
      checkMaterial(material);
      return material;
    },
  };
}

/**
 * Credentials in files, which are read again when they change: new connections
 * get the new certificate, open ones stay. Files that can't be used are refused
 * with an error in the log, and the old ones serve on.
 *
 * @throws TypeError where client certificates are asked for and there is nothing to verify them with
 */
export function tlsCredentialsFromFiles(options: TlsFileOptions): ServerCredentials {
  const { privateKeyFile, certificateChainFile, rootCertificatesFile, pollMs = 30_000 } = options;
  const files = [privateKeyFile, certificateChainFile];
  if (rootCertificatesFile !== undefined) files.push(rootCertificatesFile);
  return {
    ...common(options, rootCertificatesFile !== undefined),
    async load() {
      const [privateKey, certificateChain, rootCertificates] = await Promise.all(
        files.map((file) => readFile(file)),
      );
      if (privateKey === undefined || certificateChain === undefined) {
        throw new TypeError("a private key and a certificate chain are needed");
      }
      const material: TlsMaterial = { privateKey, certificateChain, rootCertificates };
      checkMaterial(material);
      return material;
    },
    watch: (changed) => watchFiles(files, pollMs, changed),
  };
}

function common(
  options: CommonOptions,
  hasRoots: boolean,
): Pick<ServerCredentials, "clientCertificates" | "minVersion"> {
  const { clientCertificates = hasRoots ? "required" : "none", minVersion = "TLSv1.2" } = options;
  if (clientCertificates !== "none" && !hasRoots) {
    throw new TypeError(
      `client certificates are ${clientCertificates}, and root certificates are missing`,
    );
  }
  return { clientCertificates, minVersion };
}
