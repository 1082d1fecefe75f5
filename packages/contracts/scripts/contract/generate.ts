import { findFaults, pluginForTypeScript } from "../buf/buf.ts";
import type { Fault } from "../buf/fault.ts";
import { findDrift } from "./drift.ts";
import {
  descriptorFile,
  generatedFolder,
  protoFolder,
  thirdPartyFolder,
  withWorkFolder,
} from "./folders.ts";
import type { Outcome } from "./outcome.ts";
import { swap } from "./swap.ts";
import type { Swap } from "./swap.ts";

export interface GenerateOptions {
  /** Write nothing; say which files are out of date. Default false. */
  readonly check?: boolean;
}

/**
 * Makes the TypeScript of the contracts and the descriptor of the greeter's.
 *
 * All is made in a folder apart and then swapped in: where anything fails, what
 * was there before stays whole.
 *
 * @throws BufError where buf fails without naming a fault
 */
export function generate(workspace: string, options: GenerateOptions = {}): Promise<Outcome> {
  return withWorkFolder(workspace, async (work) => {
    const made: readonly Swap[] = [
      { fresh: `${work}/gen`, target: generatedFolder },
      { fresh: `${work}/descriptor.binpb`, target: descriptorFile },
    ];
    const faults = await make(workspace, work);
    if (faults.length > 0) {
      return { kind: "faulty", faults };
    }
    const drift = (await Promise.all(made.map((one) => findDrift(workspace, one)))).flat();
    if (drift.length === 0) {
      return { kind: "done", sentence: "the generated files are up to date" };
    }
    if (options.check === true) {
      return { kind: "faulty", faults: drift };
    }
    await swap(workspace, made, `${work}/old`);
    return { kind: "done", sentence: `wrote ${made.map(({ target }) => target).join(", ")}` };
  });
}

async function make(workspace: string, work: string): Promise<readonly Fault[]> {
  const code = ["generate", "--template", JSON.stringify(template), "--output", work];
  const faults = await findFaults(workspace, code);
  if (faults.length > 0) {
    return faults;
  }
  const descriptor = ["--exclude-source-info", "--output", `${work}/descriptor.binpb`];
  return findFaults(workspace, ["build", protoFolder, "--as-file-descriptor-set", ...descriptor]);
}

// Not a buf.gen.yaml: that could name the plugin only by a shim on PATH.
const template = {
  version: "v2",
  inputs: [{ directory: protoFolder }, { directory: thirdPartyFolder }],
  plugins: [
    {
      local: pluginForTypeScript,
      out: "gen",
      // Start it once for all folders, not once for each.
      strategy: "all",
      opt: ["target=ts", "import_extension=ts", "erasable_syntax=true"],
    },
  ],
};
