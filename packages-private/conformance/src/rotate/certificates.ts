import { spawnSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/** The files of a server's certificate, which are made anew again and again by one authority. */
export class Certificates implements Disposable {
  readonly #folder: string = mkdtempSync(join(tmpdir(), "privet-rotate-"));
  readonly authority: string = join(this.#folder, "ca.pem");
  readonly key: string = join(this.#folder, "key.pem");
  readonly certificate: string = join(this.#folder, "cert.pem");
  #issued = 0;

  /** @throws Error where the openssl program is missing */
  constructor() {
    this.#openssl(`req -x509 ${NEW_KEY} -days 1 -subj /CN=rotation -keyout ca.key -out ca.pem`);
    writeFileSync(join(this.#folder, "ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    this.rotate();
  }

  /** Puts a new key and a new certificate in place of the old, each as a whole. */
  rotate(): void {
    this.#issued += 1;
    this.#openssl(`req ${NEW_KEY} -subj /CN=localhost -keyout key.new -out csr.new`);
    this.#openssl(
      `x509 -req -in csr.new -CA ca.pem -CAkey ca.key -set_serial ${this.#issued} -days 1 -extfile ext -out cert.new`,
    );
    renameSync(join(this.#folder, "key.new"), this.key);
    renameSync(join(this.#folder, "cert.new"), this.certificate);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  #openssl(command: string): void {
    const { status, stderr, error } = spawnSync("openssl", command.split(" "), {
      cwd: this.#folder,
      encoding: "utf8",
    });
    if (status !== 0) {
      throw new Error(`the rotation of certificates needs the openssl program\n${stderr}`, {
        cause: error,
      });
    }
  }
}
