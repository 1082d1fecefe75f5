import { createPrivateKey, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Setting } from "./setting.ts";
import { UsageError } from "./usage-error.ts";
import type { FileProblem } from "./usage-error.ts";

/** Paths of files in PEM; undefined is none. */
export interface TlsFiles {
  /** The authorities that are trusted, instead of Node's. */
  readonly ca: string | undefined;
  /** The client's own certificate, with its key. */
  readonly own: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * The files of TLS, looked into: the channel reads them anew for each
 * connection, and what it can't use then would look like a server's fault.
 *
 * @throws UsageError where one can't be used, or one of certificate and key is missing
 */
export function readTlsFiles(
  ca: Setting | undefined,
  cert: Setting | undefined,
  key: Setting | undefined,
): TlsFiles {
  if (ca !== undefined) {
    readCertificate(ca);
  }
  return { ca: ca?.value, own: ownOf(cert, key) };
}

function ownOf(cert: Setting | undefined, key: Setting | undefined): TlsFiles["own"] {
  if (cert === undefined && key === undefined) {
    return undefined;
  }
  if (cert === undefined || key === undefined) {
    const { source } = (cert ?? key) as Setting;
    throw new UsageError({ kind: "lone-file", source, missing: cert ? "--key" : "--cert" });
  }
  if (!readCertificate(cert).checkPrivateKey(readKey(key))) {
    throw new UsageError({ kind: "bad-file", ...key, problem: "other-key", reason: cert.value });
  }
  return { cert: cert.value, key: key.value };
}

function readCertificate(file: Setting): X509Certificate {
  const pem = read(file);
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw bad(file, "no-certificate", error);
  }
}

function readKey(file: Setting): KeyObject {
  const pem = read(file);
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw bad(file, code === "ERR_MISSING_PASSPHRASE" ? "encrypted-key" : "no-key", error);
  }
}

function read(file: Setting): Buffer {
  try {
    return readFileSync(file.value);
  } catch (error) {
    throw bad(file, "unreadable", error);
  }
}

function bad(file: Setting, problem: FileProblem, error: unknown): UsageError {
  const { code = "" } = error as NodeJS.ErrnoException;
  return new UsageError({ kind: "bad-file", ...file, problem, reason: code });
}
