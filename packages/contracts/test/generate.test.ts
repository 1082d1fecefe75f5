import assert from "node:assert/strict";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { copyWorkspace, createWorkspace, greeter } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

const generated = "packages/contracts/src/gen";
const descriptor = "packages/contracts/descriptor.binpb";
const greeterCode = `${generated}/greeter/v1/greeter_pb.ts`;
const detailsCode = `${generated}/google/rpc/error_details_pb.ts`;

const fresh = await createWorkspace();
after(() => fresh[Symbol.asyncDispose]());
const firstRun = await fresh.run("generate");

/** Every file beside the contracts with its content: what a failure must leave alone. */
async function snapshot({ folder }: Workspace): Promise<ReadonlyMap<string, string>> {
  const top = join(folder, "packages/contracts");
  const entries = await readdir(top, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  const contents = paths.toSorted().map(async (path) => {
    return [path.slice(top.length), await readFile(path, "base64")] as const;
  });
  return new Map(await Promise.all(contents));
}

test("code for each contract and a descriptor are made, and nothing is left over", async () => {
  assert.deepEqual(firstRun, {
    code: 0,
    stdout: ["generate: wrote packages/contracts/src/gen, packages/contracts/descriptor.binpb"],
    stderr: [],
  });
  assert.match(await fresh.read(greeterCode), /export const GreeterService: GenService</);
  assert.match(await fresh.read(detailsCode), /export const BadRequestSchema: GenMessage</);
  assert.deepEqual((await readdir(join(fresh.folder, "packages/contracts"))).toSorted(), [
    "descriptor.binpb",
    "package.json",
    "proto",
    "src",
    "third_party",
  ]);
});

test("what is up to date isn't written again", async () => {
  for (const args of [[], ["--check"]]) {
    assert.deepEqual(await fresh.run("generate", ...args), {
      code: 0,
      stdout: ["generate: the generated files are up to date"],
      stderr: [],
    });
  }
});

test("a contract that doesn't compile leaves the old code whole", async () => {
  await using workspace = await copyWorkspace(fresh);
  await workspace.change(["string name = 1;", "Strin name = 1;"]);
  const before = await snapshot(workspace);
  assert.deepEqual(await workspace.run("generate"), {
    code: 1,
    stdout: [],
    stderr: [
      `${greeter}:16:3: cannot find \`Strin\` in this scope: correct the spelling, declare it, or import the file that declares it (COMPILE)`,
    ],
  });
  assert.deepEqual(await snapshot(workspace), before);
});

test("a missing syntax line is one fault here too", async () => {
  await using workspace = await createWorkspace();
  await workspace.change(['syntax = "proto3";\n\n', ""]);
  assert.deepEqual(await workspace.run("generate"), {
    code: 1,
    stdout: [],
    stderr: [
      `${greeter}:1:1: the file has no syntax line, so it is read as proto2: begin it with syntax = "proto3"; (SYNTAX_SPECIFIED)`,
    ],
  });
});

test("--check names each file that is out of date, and writes nothing", async () => {
  await using workspace = await copyWorkspace(fresh);
  await workspace.change([
    "language_tag = 2;",
    "language_tag = 2;\n  // More.\n  string more = 3;",
  ]);
  await workspace.write(`${generated}/greeter/v1/stray_pb.ts`, "export {};\n");
  await rm(join(workspace.folder, detailsCode));
  const before = await snapshot(workspace);
  assert.deepEqual(await workspace.run("generate", "--check"), {
    code: 1,
    stdout: [],
    stderr: [
      `${detailsCode}:1:1: the file isn't there: run pnpm generate (GENERATED)`,
      `${greeterCode}:1:1: the file is out of date: run pnpm generate (GENERATED)`,
      `${generated}/greeter/v1/stray_pb.ts:1:1: the file is made from no contract: run pnpm generate (GENERATED)`,
      `${descriptor}:1:1: the file is out of date: run pnpm generate (GENERATED)`,
    ],
  });
  assert.deepEqual(await snapshot(workspace), before);

  assert.equal((await workspace.run("generate")).code, 0);
  assert.equal((await workspace.run("generate", "--check")).code, 0);
  assert.equal((await snapshot(workspace)).has("/src/gen/greeter/v1/stray_pb.ts"), false);
});

test("code that was edited by hand is out of date, though the contract is the same", async () => {
  await using workspace = await copyWorkspace(fresh);
  await workspace.write(greeterCode, `${await workspace.read(greeterCode)}\n`);
  assert.deepEqual((await workspace.run("generate", "--check")).stderr, [
    `${greeterCode}:1:1: the file is out of date: run pnpm generate (GENERATED)`,
  ]);
});
