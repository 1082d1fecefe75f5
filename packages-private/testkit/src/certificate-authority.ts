import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Certificate } from "./certificate.ts";

/** Issues certificates for tests, good for a day. Dispose of it with `using`. */
export class CertificateAuthority implements Disposable {
  readonly #folder: string = mkdtempSync(join(tmpdir(), "privet-ca-"));
  #serial = 1;
  readonly certificate: string;

  constructor(name = "privet test") {
    this.#openssl(`req -x509 ${newKey} -days 1 -keyout ca.key -out ca.pem`, [
      "-subj",
      `/CN=${name}`,
    ]);
    this.certificate = this.#read("ca.pem");
  }

  /**
   * @param names as openssl has them: `DNS:localhost,IP:127.0.0.1`
   * @param days negative ones are over
   */
  issue(commonName: string, names: string, days = 1): Certificate {
    const id = `issued-${this.#serial++}`;
    this.#openssl(`req ${newKey} -keyout ${id}.key -out ${id}.csr`, ["-subj", `/CN=${commonName}`]);
    writeFileSync(join(this.#folder, `${id}.ext`), `subjectAltName=${names}\n`);
    this.#openssl(
      `x509 -req -in ${id}.csr -CA ca.pem -CAkey ca.key -set_serial ${this.#serial} ` +
        `-days ${days} -extfile ${id}.ext -out ${id}.pem`,
    );
    return { key: this.#read(`${id}.key`), cert: this.#read(`${id}.pem`) };
  }

  /** A certificate for a server on this machine. */
  issueServer(): Certificate {
    return this.issue("localhost", "DNS:localhost,IP:127.0.0.1");
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), "utf8");
  }

  #openssl(command: string, more: readonly string[] = []): void {
    const args = [...command.split(" "), ...more];
    const { status, stderr } = spawnSync("openssl", args, { cwd: this.#folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`openssl ${command}: ${stderr}`);
  }
}

const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
