import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Requirement } from "./requirement.ts";

export const openssl: Requirement = {
  name: "openssl",
  probe: { command: "openssl", args: ["version"] },
  hint: "apt-get install openssl",
};

/** A key and its certificate, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/**
 * Makes a self-signed certificate for `localhost` that is good for a day.
 *
 * @throws Error where the openssl program is missing
 */
export function selfSigned(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "privet-certificate-"));
  try {
    const key = join(folder, "key.pem");
    const cert = join(folder, "cert.pem");
    const args = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1";
    const names = [
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ];
    const { status, error } = spawnSync(
      "openssl",
      [...args.split(" "), ...names, "-keyout", key, "-out", cert],
      { stdio: "ignore" },
    );
    if (status !== 0) {
      throw new Error("openssl could not make a certificate", { cause: error });
    }
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
