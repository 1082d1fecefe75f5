import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The top level of the workspace. */
export const root: string = fileURLToPath(new URL("../../..", import.meta.url));

const require = createRequire(join(root, "package.json"));

/**
 * The JavaScript file behind a package's command, so that it can be run as
 * `node FILE` without a shell, on Windows too.
 */
export function binFile(packageName: string, command: string = packageName): string {
  const manifest = manifestOf(packageName);
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as {
    bin?: string | Record<string, string>;
  };
  const file = typeof bin === "string" ? bin : bin?.[command];
  if (file === undefined) {
    throw new Error(`${packageName} has no command «${command}»`);
  }
  return join(dirname(manifest), file);
}

function manifestOf(packageName: string): string {
  // A package may keep its package.json out of its exports; the folders that
  // Node would search hold it all the same.
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const manifest = join(folder, packageName, "package.json");
    try {
      readFileSync(manifest);
      return manifest;
    } catch {
      continue;
    }
  }
  throw new Error(`${packageName} is not installed: run pnpm install`);
}
