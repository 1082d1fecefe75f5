import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const COMMAND = "github.com/summerwind/h2spec/cmd/h2spec";

/** Cases of `h2spec --strict`, in the release that go.mod pins. */
export const CASES = 146;

const folder: string = fileURLToPath(
  new URL("../../../../node_modules/.cache/privet/h2spec-2.2.1", import.meta.url),
);

/**
 * The path of the h2spec program, which is built at its first use.
 *
 * @throws Error that says what is missing
 */
export function h2spec(): string {
  const program = join(folder, "h2spec");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const { status, error } = spawnSync("go", ["build", "-o", program, COMMAND], {
    // go.mod and go.sum beside this file hold every version and checksum.
    cwd: import.meta.dirname,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined) {
    throw new Error("h2spec is built with Go 1.24 or later: install it from https://go.dev/dl/", {
      cause: error,
    });
  }
  if (status !== 0) {
    throw new Error(`Go could not build ${COMMAND}: is its module proxy in reach?`);
  }
  return program;
}
