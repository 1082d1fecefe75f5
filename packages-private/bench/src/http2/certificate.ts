import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, existsSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../.cache/certificate");
const keyFile = join(folder, "key.pem");
const certFile = join(folder, "cert.pem");

/**
 * Makes a self-signed P-256 certificate for this machine's benches, once.
 *
 * @returns the files of the certificate and of its key
 */
export function makeCertificate(): readonly [cert: string, key: string] {
  if (existsSync(keyFile) && existsSync(certFile)) return [certFile, keyFile];
  mkdirSync(folder, { recursive: true });
  const args = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650";
  const subject = ["-subj", "/CN=bench.test", "-keyout", keyFile, "-out", certFile];
  const { status, error } = spawnSync("openssl", [...args.split(" "), ...subject], {
    stdio: "ignore",
  });
  if (status !== 0) {
    throw new Error("openssl is needed to make the certificate of the TLS workloads", {
      cause: error,
    });
  }
  return [certFile, keyFile];
}

/** The certificate whose files are this process's arguments. */
export function certificateOfArguments(): { readonly cert: string; readonly key: string } {
  const [cert = "", key = ""] = process.argv.slice(2);
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}
