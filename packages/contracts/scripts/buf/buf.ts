import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { causesOf } from "./cause.ts";
import type { Fault } from "./fault.ts";
import { withHint } from "./hint.ts";
import { parseReport } from "./report.ts";

// The JavaScript files behind the commands: run with this Node, they need no
// shell and no shims, on Windows either.
const bufFile = fileURLToPath(import.meta.resolve("@bufbuild/buf/bin/buf"));

/** The plugin that makes TypeScript, as the `local` of a buf template. */
export const pluginForTypeScript: readonly string[] = [
  process.execPath,
  fileURLToPath(import.meta.resolve("@bufbuild/protoc-gen-es/bin/protoc-gen-es")),
];

/** buf failed for a reason that has no place in a contract, such as a wrong buf.yaml. */
export class BufError extends Error {
  override readonly name = "BufError";
}

/**
 * Runs a command of buf that can find faults (`lint`, `build`, `breaking`,
 * `generate`, `format`) at the top level of a workspace.
 *
 * @returns what it found, one fault for each cause; none where it succeeded
 * @throws BufError where it failed without naming a fault
 */
export async function findFaults(
  workspace: string,
  args: readonly string[],
): Promise<readonly Fault[]> {
  const { code, stdout, stderr } = await runBuf(workspace, [...args, "--error-format=json"]);
  if (code === 0) {
    return [];
  }
  // `lint` and `breaking` report on standard output, the others on standard error.
  const { faults, remarks } = parseReport(`${stdout}\n${stderr}`);
  if (faults.length === 0) {
    throw new BufError(remarks.join("\n") || `buf ${args.join(" ")} ended with ${code}`);
  }
  const readText = (path: string): string => readFileSync(join(workspace, path), "utf8");
  return causesOf(faults, readText).map(withHint);
}

/** A file of the workspace's modules. */
export interface ContractFile {
  /** Relative to the top level, with forward slashes. */
  readonly path: string;
  /** What an `import` of it says. */
  readonly importPath: string;
}

/**
 * All files of the workspace's modules.
 *
 * @throws BufError where buf can't tell
 */
export async function listFiles(workspace: string): Promise<readonly ContractFile[]> {
  const { code, stdout, stderr } = await runBuf(workspace, ["ls-files", "--format=json"]);
  if (code !== 0) {
    throw new BufError(stderr.trim());
  }
  return stdout
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { path: string; import_path: string })
    .map((file) => ({ path: file.path.replaceAll("\\", "/"), importPath: file.import_path }));
}

interface BufResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runBuf(workspace: string, args: readonly string[]): Promise<BufResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bufFile, ...args], {
      cwd: workspace,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...output }));
  });
}
