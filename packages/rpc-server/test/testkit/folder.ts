import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of a test's own, which is gone with it. */
export class Folder implements Disposable {
  readonly #path: string = mkdtempSync(join(tmpdir(), "privet-server-"));

  path(name: string): string {
    return join(this.#path, name);
  }

  /** Replaces a file as a whole, as tools that renew certificates do. */
  write(name: string, text: string): string {
    const path = this.path(name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { recursive: true });
  }
}
