import { runCommand } from "./command.ts";
import { generate } from "./contract/generate.ts";

await runCommand({
  name: "generate",
  summary: "makes the code and the descriptor of the contracts",
  flags: { check: "writes nothing, and says which files are out of date" },
  run: (workspace, flags) => generate(workspace, { check: flags.has("check") }),
});
