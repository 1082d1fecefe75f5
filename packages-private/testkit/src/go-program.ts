import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A program in Go that is built from source at its first use. */
export interface GoProgram {
  /** The import path of its command, or "." for a program of our own. */
  readonly command: string;
  /** Has the go.mod and go.sum that pin every version and checksum. */
  readonly module: string;
  /** Where the built program is kept. */
  readonly cache: string;
}

/**
 * The path of the program, which is built unless it was built from the same
 * versions before.
 *
 * @throws Error that says what is missing
 */
export function goProgram({ command, module, cache }: GoProgram): string {
  const name = command === "." ? basename(module) : basename(command);
  const program = join(cache, `${basename(module)}-${digest(module)}`, name);
  if (command !== "." && existsSync(program)) return program;
  mkdirSync(join(program, ".."), { recursive: true });
  const { status, error, stderr } = spawnSync("go", ["build", "-o", program, command], {
    cwd: module,
    encoding: "utf8",
  });
  if (error !== undefined) {
    throw new Error(`${name} is built with Go: install it from https://go.dev/dl/`, {
      cause: error,
    });
  }
  if (status !== 0) {
    throw new Error(`Go could not build ${name}: is its module proxy in reach?\n${stderr}`);
  }
  return program;
}

/** Of all versions: another go.mod or go.sum makes another program. */
function digest(module: string): string {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(module, file)));
  return hash.digest("hex").slice(0, 12);
}
