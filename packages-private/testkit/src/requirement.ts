import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/**
 * Something that a test needs and that not every machine has: a program, or
 * data that stays outside the repository.
 */
export interface Requirement {
  /** What is needed, as the reader of a skip should know it: "Go", "Python with grpcio". */
  readonly name: string;
  /** Is it here? A command that exits with 0 when it is, or a path that exists. */
  readonly probe:
    | { readonly command: string; readonly args: readonly string[] }
    | { readonly path: string };
  /** How to get it, as a sentence. */
  readonly hint: string;
}

/**
 * The `skip` option of a test that needs `required`: false where it is here,
 * else the reason, by name.
 *
 * With `PRIVET_REQUIRE_ALL=1` (as in `.ci/run`) nothing may be skipped.
 *
 * @throws Error where it is missing and `PRIVET_REQUIRE_ALL=1`
 */
export function requirement(required: Requirement): string | false {
  if (isHere(required.probe)) {
    return false;
  }
  const reason = `needs ${required.name}: ${required.hint}`;
  if (process.env["PRIVET_REQUIRE_ALL"] === "1") {
    throw new Error(`${reason} (PRIVET_REQUIRE_ALL=1 forbids the skip)`);
  }
  return reason;
}

function isHere(probe: Requirement["probe"]): boolean {
  if ("path" in probe) {
    return existsSync(probe.path);
  }
  return spawnSync(probe.command, probe.args, { stdio: "ignore" }).status === 0;
}
