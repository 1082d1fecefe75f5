import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Requirement } from "@privet/testkit";

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

/** Issues certificates for tests, good for a day. Dispose of it with `using`. */
export class CertificateAuthority implements Disposable {
  readonly #folder: string = mkdtempSync(join(tmpdir(), "privet-channel-ca-"));
  #serial = 1;
  readonly certificate: string;

  constructor(name = "privet channel test") {
    const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key";
    this.#openssl(`req -x509 ${key} -days 1 -out ca.pem`, ["-subj", `/CN=${name}`]);
    this.certificate = this.#read("ca.pem");
  }

  /** @param names as openssl has them: `DNS:localhost,IP:127.0.0.1` */
  issue(commonName: string, names: string): Certificate {
    const id = `issued-${this.#serial++}`;
    const key = `-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${id}.key`;
    this.#openssl(`req ${key} -out ${id}.csr`, ["-subj", `/CN=${commonName}`]);
    writeFileSync(join(this.#folder, `${id}.ext`), `subjectAltName=${names}\n`);
    const by = `-CA ca.pem -CAkey ca.key -set_serial ${this.#serial} -days 1`;
    this.#openssl(`x509 -req -in ${id}.csr ${by} -extfile ${id}.ext -out ${id}.pem`, []);
    return { key: this.#read(`${id}.key`), cert: this.#read(`${id}.pem`) };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), "utf8");
  }

  #openssl(words: string, more: readonly string[]): void {
    const args = [...words.split(" "), ...more];
    const { status, stderr } = spawnSync("openssl", args, { cwd: this.#folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
  }
}
