import { spawn } from "node:child_process";
import { binFile, root } from "./bin.ts";

/** One thing that must be clean. */
interface Step {
  readonly name: string;
  /** Arguments to node. */
  readonly args: readonly string[];
}

const steps: readonly Step[] = [
  { name: "types", args: [binFile("typescript", "tsc"), "-p", "tsconfig.json"] },
  { name: "lint", args: [binFile("oxlint"), "--type-aware", "--deny-warnings"] },
  { name: "format", args: [binFile("oxfmt"), "--check"] },
  { name: "dead code", args: [binFile("knip"), "--treat-config-hints-as-errors"] },
];

/** Runs a step; its output is shown only where it fails. */
async function runStep(step: Step): Promise<boolean> {
  const startedAt = performance.now();
  const { code, output } = await run(step.args);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${step.name} (${seconds} s)`);
  if (code !== 0) {
    console.log(output);
  }
  return code === 0;
}

function run(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
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

let clean = true;
for (const step of steps) {
  clean = (await runStep(step)) && clean;
}
process.exitCode = clean ? 0 : 1;
