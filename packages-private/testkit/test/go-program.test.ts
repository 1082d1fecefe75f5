import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { goProgram, requirement, start } from "../src/index.ts";

const skip = requirement({
  name: "Go",
  probe: { command: "go", args: ["version"] },
  hint: "install it from https://go.dev/dl/",
});

function moduleWith(t: { after(run: () => void): void }, source: string): string {
  const folder = mkdtempSync(join(tmpdir(), "privet-go-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "go.mod"), "module hello\n\ngo 1.24\n");
  writeFileSync(join(folder, "go.sum"), "");
  writeFileSync(join(folder, "main.go"), source);
  return folder;
}

test("a Go program is built and runs", { skip }, async (t) => {
  const module = moduleWith(t, 'package main\n\nfunc main() { println("hello") }\n');
  const program = goProgram({ command: ".", module, cache: join(module, "cache") });
  assert.ok(statSync(program).isFile());
  await using running = start(program, []);
  assert.equal((await running.result).stderr, "hello\n");
});

test("a Go program that can't be built is named, with what Go says", { skip }, (t) => {
  const module = moduleWith(t, "package main\n\nfunc main() { undefined() }\n");
  assert.throws(
    () => goProgram({ command: ".", module, cache: join(module, "cache") }),
    /could not build .*undefined: undefined/s,
  );
});
