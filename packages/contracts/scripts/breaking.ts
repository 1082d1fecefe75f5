import { runCommand } from "./command.ts";
import { breaking } from "./contract/breaking.ts";

await runCommand({
  name: "proto:breaking",
  summary: "checks that the contracts break nobody who uses the last release",
  run: (workspace) => breaking(workspace),
});
