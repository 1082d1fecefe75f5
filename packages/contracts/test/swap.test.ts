import assert from "node:assert/strict";
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { swap } from "../scripts/contract/swap.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "privet-swap-"));
  await mkdir(join(folder, "work/code"), { recursive: true });
  await writeFile(join(folder, "work/code/a.ts"), "new");
  await mkdir(join(folder, "code"));
  await writeFile(join(folder, "code/a.ts"), "old");
  await writeFile(join(folder, "code/b.ts"), "old");
  await writeFile(join(folder, "image"), "old");
});
afterEach(() => rm(folder, { recursive: true }));

const read = (path: string): Promise<string> => readFile(join(folder, path), "utf8");

test("what is fresh takes the place of what was there, whole", async () => {
  await writeFile(join(folder, "work/image"), "new");
  const swaps = [
    { fresh: "work/code", target: "code" },
    { fresh: "work/image", target: "image" },
  ];
  await swap(folder, swaps, "work/old");
  assert.deepEqual(await readdir(join(folder, "code")), ["a.ts"]);
  assert.equal(await read("code/a.ts"), "new");
  assert.equal(await read("image"), "new");
});

test("what was never there is put there", async () => {
  await swap(folder, [{ fresh: "work/code", target: "deep/down/code" }], "work/old");
  assert.equal(await read("deep/down/code/a.ts"), "new");
});

test("where the last step fails, everything is back where it was", async () => {
  const swaps = [
    { fresh: "work/code", target: "code" },
    { fresh: "work/was-never-made", target: "image" },
  ];
  await assert.rejects(swap(folder, swaps, "work/old"), { code: "ENOENT" });
  assert.equal(await read("code/a.ts"), "old");
  assert.equal(await read("code/b.ts"), "old");
  assert.equal(await read("image"), "old");
  assert.equal(await read("work/code/a.ts"), "new");
});
