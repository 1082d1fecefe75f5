import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, existsSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../.cache/certificate");
const keyFile = join(folder, "key.pem");
const certFile = join(folder, "cert.pem");

/** Makes a self-signed P-256 certificate for this machine's benches, once. */
export function makeCertificate(): void {
  if (existsSync(keyFile) && existsSync(certFile)) return;
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
}

/** The certificate that `makeCertificate` left. */
export function readCertificate(): { readonly key: string; readonly cert: string } {
  return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8") };
}
