import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createWorkspace, greeter } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

/** A workspace whose last release is `version`. */
async function releasedAs(version: string): Promise<Workspace> {
  const workspace = await createWorkspace();
  await workspace.setVersion(version);
  assert.deepEqual(await workspace.run("release"), {
    code: 0,
    stdout: [`proto:release: wrote packages/contracts/baseline/v${version}.binpb`],
    stderr: [],
  });
  return workspace;
}

const baselines = ({ folder }: Workspace): Promise<readonly string[]> =>
  readdir(join(folder, "packages/contracts/baseline"));

const renamedField = ["language_tag = 2;", "language = 2;"] as const;
const renamedFieldLine = `${greeter}:18:10: Field "2" on message "SayHelloRequest" changed name from "language_tag" to "language": JSON and old code still use the old name, so keep it (FIELD_SAME_NAME)`;
const newField = [
  "language_tag = 2;",
  "language_tag = 2;\n  // More.\n  string more = 3;",
] as const;

for (const { last, next, allowed } of [
  { last: "0.1.0", next: "0.1.1", allowed: "0.2.0" },
  { last: "1.2.3", next: "1.10.0", allowed: "2.0.0" },
]) {
  test(`a change that breaks users of ${last} may not be ${next}, but ${allowed}`, async () => {
    await using workspace = await releasedAs(last);
    await workspace.change(renamedField);
    await workspace.setVersion(next);
    assert.deepEqual(await workspace.run("release"), {
      code: 1,
      stdout: [],
      stderr: [
        renamedFieldLine,
        `proto:release: ${next} may not break users of ${last}: take these changes back, or raise the version in packages/contracts/package.json to ${allowed}`,
      ],
    });
    assert.deepEqual(await baselines(workspace), [`v${last}.binpb`]);

    await workspace.setVersion(allowed);
    assert.deepEqual(await workspace.run("release"), {
      code: 0,
      stdout: [
        `proto:release: wrote packages/contracts/baseline/v${allowed}.binpb, removed packages/contracts/baseline/v${last}.binpb`,
      ],
      stderr: [],
    });
    assert.deepEqual(await baselines(workspace), [`v${allowed}.binpb`]);
    assert.equal((await workspace.run("breaking")).code, 0);
  });
}

test("what breaks nobody may be a patch", async () => {
  await using workspace = await releasedAs("0.1.0");
  await workspace.change(newField);
  await workspace.setVersion("0.1.1");
  assert.equal((await workspace.run("release")).code, 0);
  assert.deepEqual(await baselines(workspace), ["v0.1.1.binpb"]);
});

test("what one release added, the next may not take away", async () => {
  await using workspace = await releasedAs("0.1.0");
  await workspace.change(newField);
  await workspace.setVersion("0.1.1");
  assert.equal((await workspace.run("release")).code, 0);
  await workspace.change();
  await workspace.setVersion("0.1.2");
  const { code, stderr } = await workspace.run("release");
  assert.equal(code, 1);
  assert.match(stderr[0] ?? "", /field "3" with name "more" .* was deleted.*\(FIELD_NO_DELETE\)$/);
});

test("a version that is out can't be released again", async () => {
  await using workspace = await releasedAs("0.1.0");
  assert.deepEqual(await workspace.run("release"), {
    code: 1,
    stdout: [],
    stderr: [
      "proto:release: 0.1.0 is already released: raise the version in packages/contracts/package.json",
    ],
  });
});

test("a version can't go down, compared by number and not by letter", async () => {
  await using workspace = await releasedAs("0.10.0");
  await workspace.setVersion("0.9.0");
  assert.deepEqual(await workspace.run("release"), {
    code: 1,
    stdout: [],
    stderr: [
      "proto:release: 0.9.0 is lower than the last release, 0.10.0: raise the version in packages/contracts/package.json",
    ],
  });
});

for (const version of ["0.2", "v0.2.0", "0.2.0-next.1", "00.2.0", ""]) {
  test(`«${version}» is no version to release`, async () => {
    await using workspace = await createWorkspace();
    await workspace.setVersion(version);
    assert.deepEqual(await workspace.run("release"), {
      code: 1,
      stdout: [],
      stderr: [
        `proto:release: «${version}» in packages/contracts/package.json is no version to release: it must be like 1.2.3`,
      ],
    });
  });
}

test("a contract that doesn't compile isn't released, whatever the version", async () => {
  await using workspace = await releasedAs("0.1.0");
  await workspace.change(["string name = 1;", "Strin name = 1;"]);
  await workspace.setVersion("0.2.0");
  assert.deepEqual(await workspace.run("release"), {
    code: 1,
    stdout: [],
    stderr: [
      `${greeter}:16:3: cannot find \`Strin\` in this scope: correct the spelling, declare it, or import the file that declares it (COMPILE)`,
    ],
  });
  assert.deepEqual(await baselines(workspace), ["v0.1.0.binpb"]);
});
