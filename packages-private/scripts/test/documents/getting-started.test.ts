import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { requirement } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import { root } from "../../src/bin.ts";
import { argumentsOf, blocksOf } from "./markdown.ts";
import { freeAddress, pnpm } from "./pnpm.ts";

// Follows docs/getting-started.md to the letter in a copy of the workspace:
// applies its diffs, writes its files, runs its commands, compares its output.
// Only the port is another one, by PRIVET_ADDRESS.

const skip = requirement({
  name: "git",
  probe: { command: "git", args: ["--version"] },
  hint: "it copies the workspace and applies the guide's diffs.",
});

const guide = await readFile(join(root, "docs/getting-started.md"), "utf8");
const blocks = blocksOf(guide);

let folder = "";
let server: Program | undefined;
let address = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "privet-guide-"));
  address = await freeAddress();
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test("the guide to a method of one's own can be followed as it is written", { skip }, async () => {
  await copyWorkspace();
  // A script's own pnpm doesn't install by itself.
  await run(["install", "--frozen-lockfile", "--prefer-offline"], undefined);
  for (const [index, { language, text }] of blocks.entries()) {
    const next = blocks[index + 1];
    const expected = next?.language === "text" ? next.text : undefined;
    if (language === "diff") apply(text);
    else if (language === "ts") await writeSource(text);
    else if (language === "sh") await runAll(text.trimEnd().split("\n"), expected);
    else assert.equal(language, "text", `a block of «${language}» that nobody follows`);
  }
});

/** The files that git knows or would know, without those that it ignores. */
async function copyWorkspace(): Promise<void> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  const files = stdout.split("\0").filter((file) => file !== "");
  assert.ok(files.length > 50, "git lists no files");
  for (const file of files) {
    // A file that was deleted and not yet committed is still listed.
    await cp(join(root, file), join(folder, file)).catch(ignoreMissing);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

function apply(diff: string): void {
  const args = ["apply", "--recount", "-"];
  const { status, stderr } = spawnSync("git", args, { cwd: folder, input: diff, encoding: "utf8" });
  assert.equal(status, 0, `${stderr}\n${diff}`);
}

async function writeSource(text: string): Promise<void> {
  const [, path] = /^\/\/ (packages\/\S+)\n/.exec(text) ?? [];
  assert.ok(path !== undefined, `a file without its path:\n${text}`);
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function runAll(commands: readonly string[], expected: string | undefined): Promise<void> {
  for (const command of commands) {
    const args = argumentsOf(command);
    if (args[0] === "server") await restartServer(args);
    else await run(args, expected);
  }
}

/** What a command prints, which is on standard error where it failed. */
async function run(args: readonly string[], expected: string | undefined): Promise<void> {
  await using program = pnpm(args, folder, address);
  const { code, stdout, stderr } = await program.result;
  if (expected === undefined) {
    assert.equal(code, 0, `${args.join(" ")}\n${stdout}${stderr}`);
  } else {
    assert.ok(`${stdout}\n${stderr}`.includes(expected), `${stdout}\n${stderr}`);
  }
}

async function restartServer(args: readonly string[]): Promise<void> {
  await server?.[Symbol.asyncDispose]();
  if (server !== undefined) address = await freeAddress();
  server = pnpm(args, folder, address);
  await server.waitFor(/serving/);
}
