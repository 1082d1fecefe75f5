import { findFaults } from "../buf/buf.ts";
import type { Fault } from "../buf/fault.ts";
import { listBaselines } from "./baseline.ts";
import type { Baseline } from "./baseline.ts";
import { protoFolder } from "./folders.ts";
import type { Outcome } from "./outcome.ts";
import { formatVersion } from "./version.ts";

/**
 * Can everyone who uses the last release go on with the contracts as they are
 * now?
 *
 * @throws BufError where buf can't tell
 */
export async function breaking(workspace: string): Promise<Outcome> {
  const [last] = await listBaselines(workspace);
  if (last === undefined) {
    return {
      kind: "refused",
      reason: "there is no release to compare with: run pnpm proto:release",
      faults: [],
    };
  }
  const faults = await findBreakingChanges(workspace, last);
  return faults.length > 0
    ? { kind: "faulty", faults }
    : { kind: "done", sentence: `nothing breaks users of ${formatVersion(last.version)}` };
}

/** What in the contracts breaks users of a release, or doesn't compile. */
export async function findBreakingChanges(
  workspace: string,
  baseline: Baseline,
): Promise<readonly Fault[]> {
  // Standard protos that a contract imports are not ours to hold still.
  const against = ["--exclude-imports", "--against", baseline.path];
  const faults = await findFaults(workspace, ["breaking", protoFolder, ...against]);
  return faults.map(placeLostFile);
}

/** What is gone is known by the name that imports give it, not by its path. */
function placeLostFile(fault: Fault): Fault {
  return fault.rule === "FILE_NO_DELETE"
    ? { ...fault, path: `${protoFolder}/${fault.path}` }
    : fault;
}
