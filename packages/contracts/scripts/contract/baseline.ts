import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { baselineFolder } from "./folders.ts";
import { compareVersions, formatVersion, parseVersion } from "./version.ts";
import type { Version } from "./version.ts";

/** The image of a released version of the greeter's module, which later versions are held against. */
export interface Baseline {
  readonly version: Version;
  /** Relative to the top level. */
  readonly path: string;
}

export function baselineOf(version: Version): Baseline {
  return { version, path: `${baselineFolder}/v${formatVersion(version)}.binpb` };
}

/** The baselines of the workspace, the last release first; none before the first release. */
export async function listBaselines(workspace: string): Promise<readonly Baseline[]> {
  const names = await readNames(join(workspace, baselineFolder));
  return names
    .map((name) => parseVersion(/^v(.+)\.binpb$/.exec(name)?.[1] ?? ""))
    .filter((version) => version !== undefined)
    .toSorted((a, b) => compareVersions(b, a))
    .map(baselineOf);
}

async function readNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return [];
    }
    throw error;
  }
}
