import { runCommand } from "./command.ts";
import { lint } from "./contract/lint.ts";

await runCommand({
  name: "proto:lint",
  summary: "checks that the contracts are valid, by the rules of buf.yaml and well formatted",
  flags: { fix: "rewrites them in the standard format" },
  run: (workspace, flags) => lint(workspace, { fix: flags.has("fix") }),
});
