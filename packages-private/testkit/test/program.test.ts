import assert from "node:assert/strict";
import { test } from "node:test";
import { start } from "../src/index.ts";

test("a program's output, exit code and input are seen", async () => {
  await using program = start(process.execPath, ["-e", "process.stdin.pipe(process.stdout)"], {
    input: "привет",
  });
  assert.deepEqual(await program.result, { code: 0, signal: null, stdout: "привет", stderr: "" });
});

test("a line is waited for while the program goes on", async () => {
  const source = "console.log('listening on 4242'); setInterval(() => {}, 1000)";
  await using program = start(process.execPath, ["-e", source]);
  const match = await program.waitFor(/listening on (\d+)/);
  assert.equal(match[1], "4242");
});

test("waiting for a line that never comes fails with what was printed instead", async () => {
  await using program = start(process.execPath, ["-e", "console.error('no such luck')"]);
  await assert.rejects(program.waitFor(/listening/), /no such luck/);
});

test("a program that outlives its time is killed, and its result says so", async () => {
  await using program = start(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
    timeoutMs: 100,
  });
  await assert.rejects(program.result, /still running after 100 ms/);
});
