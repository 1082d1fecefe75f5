import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const bench = join(import.meta.dirname, "../..");
const top = join(bench, "../..");
const dist = join(bench, ".cache/dist");

/** What the bench imports; each brings along what it refers to. */
const packages = ["http2", "rpc-server", "rpc-channel"];

/**
 * Compiles the bench and the packages that it measures, so that what is measured is the
 * JavaScript that users run: stripping types as Node does it costs memory, and
 * time in the garbage collector.
 *
 * @throws Error with the compiler's output
 */
export function compile(): void {
  for (const name of packages) tsc("-b", join(top, "packages", name, "tsconfig.build.json"));
  tsc("-p", join(bench, "tsconfig.subjects.json"));
}

/** The compiled program behind a TypeScript file of the bench. */
export function compiled(url: string): string {
  const source = relative(join(bench, "src"), fileURLToPath(url));
  return join(dist, source.replace(/\.ts$/, ".js"));
}

function tsc(...args: readonly string[]): void {
  const { status, stdout, error } = spawnSync(join(top, "node_modules/.bin/tsc"), args, {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`tsc ${args.join(" ")}\n${stdout}`, { cause: error });
}
