import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "../buf/fault.ts";
import type { Swap } from "./swap.ts";

/** Which files of the target, a file or a folder, aren't what was freshly made. */
export async function findDrift(workspace: string, swap: Swap): Promise<readonly Fault[]> {
  const [fresh, committed] = await Promise.all(
    [swap.fresh, swap.target].map((path) => readTree(join(workspace, path))),
  );
  const names = new Set([...(committed?.keys() ?? []), ...(fresh?.keys() ?? [])]);
  return [...names]
    .toSorted()
    .map((name) => judge(`${swap.target}${name}`, fresh?.get(name), committed?.get(name)))
    .filter((fault) => fault !== undefined);
}

function judge(path: string, fresh?: Buffer, committed?: Buffer): Fault | undefined {
  if (fresh !== undefined && committed?.equals(fresh) === true) {
    return undefined;
  }
  const state =
    committed === undefined
      ? "isn't there"
      : fresh === undefined
        ? "is made from no contract"
        : "is out of date";
  const message = `the file ${state}: run pnpm generate`;
  return { path, line: 1, column: 1, rule: "GENERATED", message };
}

/** The files under a path by what follows it: a folder's begin with a slash, a file's is empty. */
async function readTree(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) {
    return new Map();
  }
  if (info.isFile()) {
    return new Map([["", await readFile(path)]]);
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map(async (file) => {
      const name = file.slice(path.length).replaceAll("\\", "/");
      return [name, await readFile(file)] as const;
    });
  return new Map(await Promise.all(files));
}
