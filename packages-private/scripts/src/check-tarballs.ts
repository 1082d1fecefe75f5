// Packs every publishable package and holds the tarballs against publint and attw.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binFile, root } from "./bin.ts";
import { runCommand } from "./command.ts";
import { packAll } from "./tarball.ts";

const attwOptions = [
  "--profile",
  "esm-only",
  "--no-emoji",
  // Not JavaScript, so nothing that a type could be wrong about.
  "--exclude-entrypoints",
  "descriptor.binpb",
];

const folder = await mkdtemp(join(tmpdir(), "privet-tarballs-"));
try {
  for (const { file } of await packAll(folder)) {
    await report([binFile("publint"), "run", file, "--strict"]);
    await report([binFile("@arethetypeswrong/cli", "attw"), ...attwOptions, "--", file]);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function report(args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(process.execPath, args, root);
  if (code !== 0) {
    console.error(output);
    process.exitCode = 1;
  }
}
