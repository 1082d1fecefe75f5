import { readFile } from "node:fs/promises";
import type { ClientTls } from "@privet/http2/node";
import type { CallCredentials } from "./call-credentials.ts";

/** How a channel proves who its servers are, and itself to them. */
export interface ChannelCredentials {
  /** The name that a server has to prove, and the calls' `:authority`, instead of the target's. */
  readonly serverName: string | undefined;
  /** Go with every call of the channel. */
  readonly callCredentials: CallCredentials | undefined;
  /**
   * The certificates as they are now: asked for before each connection.
   *
   * @throws Error for what can't be read
   */
  load(): Promise<ClientTls>;
}

interface CommonOptions {
  /** Default: the host of the target. */
  readonly serverName?: string;
  /** Go with every call of the channel, such as `bearerToken()`. */
  readonly callCredentials?: CallCredentials;
  /** Default `TLSv1.2`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
}

/** All in PEM. */
export interface TlsOptions extends CommonOptions {
  /** The authorities that servers' certificates come from. Default: those that Node trusts. */
  readonly rootCertificates?: string | Uint8Array;
  /** The client's own, for mutual TLS; with `certificateChain`. */
  readonly privateKey?: string | Uint8Array;
  /** The client's certificate, then those that link it to a root. */
  readonly certificateChain?: string | Uint8Array;
}

/** Paths of files in PEM. */
export interface TlsFileOptions extends CommonOptions {
  /** The authorities that servers' certificates come from. Default: those that Node trusts. */
  readonly rootCertificatesFile?: string;
  /** The client's own, for mutual TLS; with `certificateChainFile`. */
  readonly privateKeyFile?: string;
  /** The client's certificate, then those that link it to a root. */
  readonly certificateChainFile?: string;
}

/**
 * TLS with certificates that stay as they are; without options, with those
 * authorities that Node trusts.
 *
 * @throws TypeError for a private key without a certificate, or the other way round
 */
export function tlsCredentials(options: TlsOptions = {}): ChannelCredentials {
  const { rootCertificates, privateKey, certificateChain } = options;
  assertBoth(privateKey, certificateChain);
  const tls = material(options, rootCertificates, privateKey, certificateChain);
  return { ...common(options), load: async () => tls };
}

/**
 * TLS with certificates in files. They are read anew for each connection: new
 * connections use what is there, open ones stay.
 *
 * @throws TypeError for a private key without a certificate, or the other way round
 */
export function tlsCredentialsFromFiles(options: TlsFileOptions): ChannelCredentials {
  const { rootCertificatesFile, privateKeyFile, certificateChainFile } = options;
  assertBoth(privateKeyFile, certificateChainFile);
  const files = [rootCertificatesFile, privateKeyFile, certificateChainFile];
  return {
    ...common(options),
    async load() {
      const [ca, key, cert] = await Promise.all(files.map(readIfAny));
      return material(options, ca, key, cert);
    },
  };
}

async function readIfAny(file: string | undefined): Promise<Buffer | undefined> {
  return file === undefined ? undefined : readFile(file);
}

function common(
  options: CommonOptions,
): Pick<ChannelCredentials, "serverName" | "callCredentials"> {
  return { serverName: options.serverName, callCredentials: options.callCredentials };
}

function material(
  { minVersion = "TLSv1.2" }: CommonOptions,
  ca: string | Uint8Array | undefined,
  key: string | Uint8Array | undefined,
  cert: string | Uint8Array | undefined,
): ClientTls {
  return {
    minVersion,
    ...(ca !== undefined && { ca: asPem(ca) }),
    ...(key !== undefined && { key: asPem(key) }),
    ...(cert !== undefined && { cert: asPem(cert) }),
  };
}

function asPem(text: string | Uint8Array): string | Buffer {
  return typeof text === "string" ? text : Buffer.from(text);
}

function assertBoth(key: unknown, chain: unknown): void {
  if ((key === undefined) !== (chain === undefined)) {
    throw new TypeError("a private key and a certificate chain go together");
  }
}
