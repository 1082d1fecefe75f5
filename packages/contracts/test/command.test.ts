import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createWorkspace } from "./workspace.ts";

test("--help says what a command and its flags do", async () => {
  await using workspace = await createWorkspace();
  assert.deepEqual(await workspace.run("generate", "--help"), {
    code: 0,
    stdout: [
      "pnpm generate: makes the code and the descriptor of the contracts",
      "  --check  writes nothing, and says which files are out of date",
    ],
    stderr: [],
  });
});

test("an unknown flag is named, with the flags there are, and exit code 2", async () => {
  await using workspace = await createWorkspace();
  const { code, stderr } = await workspace.run("lint", "--mend");
  assert.equal(code, 2);
  assert.match(stderr[0] ?? "", /^proto:lint: .*--mend/);
  assert.equal(stderr.at(-1), "  --fix  rewrites them in the standard format");
});

test("a folder that isn't the top level is named, with exit code 2", async () => {
  await using workspace = await createWorkspace();
  await rm(join(workspace.folder, "buf.yaml"));
  const { code, stderr } = await workspace.run("breaking");
  assert.equal(code, 2);
  assert.match(stderr.join("\n"), /^proto:breaking: .* isn't the top level of the workspace$/);
});

test("a wrong buf.yaml is told in buf's words, without a stack", async () => {
  await using workspace = await createWorkspace();
  await workspace.write("buf.yaml", "version: v2\nmodule: proto\n");
  const { code, stderr } = await workspace.run("lint");
  assert.equal(code, 1);
  const text = stderr.join("\n");
  assert.match(text, /^proto:lint: .*buf\.yaml/);
  assert.match(text, /field module not found/);
  assert.doesNotMatch(text, /\n +at /);
});
