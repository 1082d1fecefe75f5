// Runs all tests, or those that the arguments name, as `node --test` takes them.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { root } from "./bin.ts";

const everything = ["packages/*/test/**/*.test.ts", "packages-private/*/test/**/*.test.ts"];

const args = process.argv.slice(2);
const named = args.some((arg) => !arg.startsWith("-"));
const { status } = spawnSync(
  process.execPath,
  [
    "-C",
    "@privet/source",
    "--test",
    // Node leaves a core idle, which is half of a small machine. Most tests wait for a child.
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    ...args,
    ...(named ? [] : everything),
  ],
  { cwd: root, stdio: "inherit" },
);
process.exitCode = status ?? 1;
