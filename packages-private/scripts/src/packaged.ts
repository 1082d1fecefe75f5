// Installs the packed tarballs into a fresh folder outside the workspace, as a
// user's npm would, and has an ES-module program there import the contracts and
// call the server.
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun } from "./command.ts";
import { packAll } from "./tarball.ts";

const folder = await mkdtemp(join(tmpdir(), "privet-packaged-"));
try {
  const tarballs = await packAll(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const files = tarballs.map(({ file }) => file);
  await mustRun("npm", ["install", "--no-audit", "--no-fund", ...files], folder);
  await cp(new URL("./packaged-program.js", import.meta.url), join(folder, "program.js"));
  const output = await mustRun(process.execPath, ["program.js"], folder);
  for (const { name } of tarballs) console.log(`installed ${name}`);
  process.stdout.write(output);
} finally {
  await rm(folder, { recursive: true, force: true });
}
