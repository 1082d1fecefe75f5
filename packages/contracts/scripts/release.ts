import { runCommand } from "./command.ts";
import { release } from "./contract/release.ts";

await runCommand({
  name: "proto:release",
  summary: "makes the contracts, as they are, what later ones may not break",
  run: (workspace) => release(workspace),
});
