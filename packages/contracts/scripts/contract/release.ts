import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { findFaults } from "../buf/buf.ts";
import { baselineOf, listBaselines } from "./baseline.ts";
import type { Baseline } from "./baseline.ts";
import { findBreakingChanges } from "./breaking.ts";
import { baselineFolder, manifestFile, protoFolder, withWorkFolder } from "./folders.ts";
import type { Outcome } from "./outcome.ts";
import { compareVersions, formatVersion, nextBreaking, parseVersion } from "./version.ts";
import type { Version } from "./version.ts";

/**
 * Makes the contracts, as they are now, the baseline of the version in their
 * package.json, in place of the last release's.
 *
 * Refuses a version that isn't higher than the last release, and one that is
 * too low for the breaking changes since then.
 *
 * @throws BufError where buf can't tell
 */
export async function release(workspace: string): Promise<Outcome> {
  const text = await readVersion(workspace);
  const version = parseVersion(text);
  if (version === undefined) {
    return refuse(`«${text}» in ${manifestFile} is no version to release: it must be like 1.2.3`);
  }
  const old = await listBaselines(workspace);
  return refuseUnlessHigher(version, old[0]) ?? releaseAs(workspace, version, old);
}

async function readVersion(workspace: string): Promise<string> {
  const manifest = await readFile(join(workspace, manifestFile), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

function refuse(reason: string): Outcome {
  return { kind: "refused", reason, faults: [] };
}

function refuseUnlessHigher(version: Version, last: Baseline | undefined): Outcome | undefined {
  if (last === undefined) {
    return undefined;
  }
  const order = compareVersions(version, last.version);
  if (order > 0) {
    return undefined;
  }
  const state =
    order === 0
      ? "is already released"
      : `is lower than the last release, ${formatVersion(last.version)}`;
  return refuse(`${formatVersion(version)} ${state}: raise the version in ${manifestFile}`);
}

/** @param old the baselines so far, the last release first */
function releaseAs(
  workspace: string,
  version: Version,
  old: readonly Baseline[],
): Promise<Outcome> {
  return withWorkFolder(workspace, async (work) => {
    const image = `${work}/image.binpb`;
    const build = ["build", protoFolder, "--exclude-source-info", "--output", image];
    const faults = await findFaults(workspace, build);
    if (faults.length > 0) {
      return { kind: "faulty", faults };
    }
    const refusal = await refuseBreakingChanges(workspace, version, old[0]);
    return refusal ?? writeBaseline(workspace, image, baselineOf(version), old);
  });
}

async function refuseBreakingChanges(
  workspace: string,
  version: Version,
  last: Baseline | undefined,
): Promise<Outcome | undefined> {
  if (last === undefined || compareVersions(version, nextBreaking(last.version)) >= 0) {
    return undefined;
  }
  const faults = await findBreakingChanges(workspace, last);
  if (faults.length === 0) {
    return undefined;
  }
  const reason = [
    `${formatVersion(version)} may not break users of ${formatVersion(last.version)}:`,
    `take these changes back, or raise the version in ${manifestFile}`,
    `to ${formatVersion(nextBreaking(last.version))}`,
  ].join(" ");
  return { kind: "refused", reason, faults };
}

async function writeBaseline(
  workspace: string,
  image: string,
  baseline: Baseline,
  old: readonly Baseline[],
): Promise<Outcome> {
  await mkdir(join(workspace, baselineFolder), { recursive: true });
  await rename(join(workspace, image), join(workspace, baseline.path));
  await Promise.all(old.map(({ path }) => rm(join(workspace, path))));
  const removed = old.map(({ path }) => `, removed ${path}`).join("");
  return { kind: "done", sentence: `wrote ${baseline.path}${removed}` };
}
