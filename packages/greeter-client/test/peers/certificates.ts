import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Requirement } from "@privet/testkit";

export const openssl: Requirement = {
  name: "openssl",
  probe: { command: "openssl", args: ["version"] },
  hint: "apt install openssl",
};

/** Paths of a certificate and of its key, in PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A folder of certificates for tests, good for a day, from one authority. Dispose of it with `using`. */
export class Certificates implements Disposable {
  readonly #folder: string = mkdtempSync(join(tmpdir(), "privet-client-certificates-"));
  /** The path of the authority's own certificate. */
  readonly authority: string = this.file("ca.pem");

  constructor() {
    this.#openssl("req -x509 -days 1 -subj /CN=tests", ["-keyout", "ca.key", "-out", "ca.pem"]);
  }

  /** The path of a file in the folder. */
  file(name: string, content?: string): string {
    const path = join(this.#folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  /** @param names as openssl has them: `DNS:localhost,IP:127.0.0.1` */
  issue(id: string, names: string): CertificateFiles {
    const [cert, key] = [this.file(`${id}.pem`), this.file(`${id}.key`)];
    const by = "req -x509 -days 1 -CA ca.pem -CAkey ca.key";
    const extensions = ["basicConstraints=critical,CA:FALSE", `subjectAltName=${names}`];
    const args = extensions.flatMap((extension) => ["-addext", extension]);
    this.#openssl(by, ["-subj", `/CN=${id}`, ...args, "-keyout", key, "-out", cert]);
    return { cert, key };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  #openssl(words: string, more: readonly string[]): void {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const args = [...words.split(" "), ...key, ...more];
    const { status, stderr } = spawnSync("openssl", args, { cwd: this.#folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
  }
}
