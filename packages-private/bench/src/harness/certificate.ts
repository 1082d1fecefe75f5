import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../.cache/certificates");

/** Files in PEM. */
export interface CertificateFiles {
  /** The authority's certificate: what clients trust. */
  readonly authority: string;
  /** The server's, for `bench.test` and 127.0.0.1. */
  readonly cert: string;
  readonly key: string;
}

const files: CertificateFiles = {
  authority: join(folder, "authority.pem"),
  cert: join(folder, "cert.pem"),
  key: join(folder, "key.pem"),
};

const EC_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" ");
const EXTENSIONS = "subjectAltName=DNS:bench.test,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";

/** Makes P-256 certificates for this machine's benches, once. */
export function makeCertificates(): CertificateFiles {
  if (Object.values(files).every((file) => existsSync(file))) return files;
  mkdirSync(folder, { recursive: true });
  const authorityKey = join(folder, "authority-key.pem");
  const request = join(folder, "request.pem");
  const extensions = join(folder, "extensions");
  writeFileSync(extensions, EXTENSIONS);
  const days = ["-days", "3650"];
  openssl("req", "-x509", ...EC_KEY, ...days, "-subj", "/CN=privet bench", [
    ["-keyout", authorityKey],
    ["-out", files.authority],
  ]);
  openssl("req", ...EC_KEY, "-subj", "/CN=bench.test", [
    ["-keyout", files.key],
    ["-out", request],
  ]);
  openssl("x509", "-req", ...days, "-CAcreateserial", [
    ["-in", request],
    ["-CA", files.authority],
    ["-CAkey", authorityKey],
    ["-extfile", extensions],
    ["-out", files.cert],
  ]);
  return files;
}

function openssl(...args: readonly (string | readonly (readonly string[])[])[]): void {
  const { status, error, stderr } = spawnSync("openssl", args.flat(2), { encoding: "utf8" });
  if (status === 0) return;
  throw new Error(`openssl is needed to make the certificates of the TLS workloads\n${stderr}`, {
    cause: error,
  });
}

/** The server's certificate, whose files are this process's arguments. */
export function certificateOfArguments(): { readonly cert: string; readonly key: string } {
  const [cert = "", key = ""] = process.argv.slice(2);
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}
