import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { start } from "@privet/testkit";
import { startGreeter } from "./channel/support/greeter.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

test("the client of the README greets", async () => {
  await using greeter = await startGreeter();
  const [, program = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  assert.match(program, /localhost:50051/);
  const source = program.replace("dns:///localhost:50051", greeter.target);
  const args = ["-C", "@privet/source", "--input-type=module-typescript", "--eval", source];
  await using child = start(process.execPath, args, { cwd: import.meta.dirname });
  const { stdout, stderr } = await child.result;
  assert.equal(stdout, "Hello, Мир!\n", stderr);
});
