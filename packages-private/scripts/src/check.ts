// Everything that must be clean. A step's output is shown only where it fails.
import { binFile, root } from "./bin.ts";
import { runCommand } from "./command.ts";

interface Step {
  readonly name: string;
  /** Arguments to node. */
  readonly args: readonly string[];
}

const source = ["-C", "@privet/source"];
const contracts = "packages/contracts/scripts";

const steps: readonly Step[] = [
  { name: "generated code", args: [...source, `${contracts}/generate.ts`, "--check"] },
  { name: "contracts: lint and format", args: [...source, `${contracts}/lint.ts`] },
  { name: "contracts: breaking changes", args: [...source, `${contracts}/breaking.ts`] },
  { name: "types", args: [binFile("typescript", "tsc"), "-p", "tsconfig.json"] },
  { name: "lint", args: [binFile("oxlint"), "--type-aware", "--deny-warnings"] },
  { name: "format", args: [binFile("oxfmt"), "--check"] },
  { name: "dead code", args: [binFile("knip")] },
  {
    name: "packages (publint, attw)",
    args: [...source, "packages-private/scripts/src/check-tarballs.ts"],
  },
];

for (const { name, args } of steps) {
  const startedAt = performance.now();
  const { code, output } = await runCommand(process.execPath, args, root);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (code !== 0) {
    console.log(output);
    process.exitCode = 1;
  }
}
