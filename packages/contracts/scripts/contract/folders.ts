import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

// All relative to the top level of the workspace, with forward slashes, as buf
// wants them and as faults name them.
const contractsFolder = "packages/contracts";
/** The greeter's own module: what is published and must not break. */
export const protoFolder: string = `${contractsFolder}/proto`;
/** Standard protos that the greeter's errors need. */
export const thirdPartyFolder: string = `${contractsFolder}/third_party`;
/** The image of the last release. */
export const baselineFolder: string = `${contractsFolder}/baseline`;
export const generatedFolder: string = `${contractsFolder}/src/gen`;
export const descriptorFile: string = `${contractsFolder}/descriptor.binpb`;
export const manifestFile: string = `${contractsFolder}/package.json`;

/** Is this folder the top level of a workspace with contracts? */
export function isWorkspace(folder: string): boolean {
  return existsSync(join(folder, "buf.yaml")) && existsSync(join(folder, protoFolder));
}

/**
 * Calls `use` with a new folder, which is gone afterwards.
 *
 * The folder is beside the contracts: only there can what's made in it be
 * moved into place in one step, as a rename doesn't cross file systems.
 *
 * @param use gets the folder relative to the top level, with forward slashes
 */
export async function withWorkFolder<T>(
  workspace: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const prefix = join(workspace, contractsFolder, ".work-");
  const folder = await mkdtemp(prefix);
  try {
    return await use(`${contractsFolder}/.work-${folder.slice(prefix.length)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
