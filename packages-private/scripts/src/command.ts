import { spawn } from "node:child_process";

/** How a command ended, and all that it printed, both streams in one. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs `file` to its end without a shell. */
export function runCommand(
  file: string,
  args: readonly string[],
  cwd: string,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/**
 * Runs a command that has to succeed; answers what it printed.
 *
 * @throws Error with the output where it fails
 */
export async function mustRun(file: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, output } = await runCommand(file, args, cwd);
  if (code !== 0) {
    throw new Error(`${file} ${args.join(" ")} exited with ${code}:\n${output}`);
  }
  return output;
}
