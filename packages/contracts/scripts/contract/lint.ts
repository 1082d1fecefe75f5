import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findFaults, listFiles } from "../buf/buf.ts";
import type { ContractFile } from "../buf/buf.ts";
import { compareFaults, isUnreadable } from "../buf/fault.ts";
import type { Fault } from "../buf/fault.ts";
import { withWorkFolder } from "./folders.ts";
import type { Outcome } from "./outcome.ts";

export interface LintOptions {
  /** Rewrite the files in the standard format. Default false. */
  readonly fix?: boolean;
}

/**
 * Is every contract of the workspace valid, by the rules of `buf.yaml`, and in
 * the standard format?
 *
 * @throws BufError where buf can't tell
 */
export async function lint(workspace: string, options: LintOptions = {}): Promise<Outcome> {
  const faults = await findFaults(workspace, ["lint"]);
  // buf formats a text that it can't parse all the same, and mangles it.
  if (faults.some(isUnreadable)) {
    return { kind: "faulty", faults };
  }
  const formatFaults = await checkFormat(workspace);
  if (options.fix === true && formatFaults.length > 0) {
    await findFaults(workspace, ["format", "--write"]);
    return lint(workspace);
  }
  const all = [...faults, ...formatFaults].toSorted(compareFaults);
  return all.length > 0
    ? { kind: "faulty", faults: all }
    : { kind: "done", sentence: "the contracts are valid, by the rules and well formatted" };
}

// Not with `buf format --diff`: that needs a diff program, and names no place.
function checkFormat(workspace: string): Promise<readonly Fault[]> {
  return withWorkFolder(workspace, async (work) => {
    await findFaults(workspace, ["format", "--output", work]);
    const files = await listFiles(workspace);
    const faults = await Promise.all(
      files.map((file) => compareWithFormatted(workspace, file, join(work, file.importPath))),
    );
    return faults.filter((fault) => fault !== undefined);
  });
}

async function compareWithFormatted(
  workspace: string,
  file: ContractFile,
  formatted: string,
): Promise<Fault | undefined> {
  const [is, shouldBe] = await Promise.all(
    [file.path, formatted].map((path) => readFile(join(workspace, path), "utf8")),
  );
  if (is === undefined || shouldBe === undefined || is === shouldBe) {
    return undefined;
  }
  const before = is.slice(0, firstDifference(is, shouldBe)).split("\n");
  return {
    path: file.path,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    rule: "FORMAT",
    message: "from here on the file isn't in the standard format: run pnpm proto:lint --fix",
  };
}

function firstDifference(a: string, b: string): number {
  let index = 0;
  while (index < a.length && a[index] === b[index]) {
    index += 1;
  }
  return index;
}
