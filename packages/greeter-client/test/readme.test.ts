import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { start } from "@privet/testkit";
import { deadAddress } from "./peers/port.ts";
import { serve } from "./peers/server.ts";
import { standIn } from "./peers/stand-in.ts";

const folder = new URL("..", import.meta.url);

/** Runs the README's example with another server's address in it, and nothing else changed. */
async function runExample(
  address: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const readme = readFileSync(new URL("README.md", folder), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";
  assert.match(example, /"localhost:50051"/);
  const source = example.replace("localhost:50051", address);
  const args = ["-C", "@privet/source", "--input-type=module-typescript", "-e", source];
  await using program = start(process.execPath, args, { cwd: fileURLToPath(folder) });
  const { code, stdout, stderr } = await program.result;
  return { code, stdout, stderr };
}

suite("the README's example", () => {
  test("greets", async () => {
    await using server = await serve(standIn);
    const expected = { code: 0, stdout: "Привет, Анна!\n", stderr: "" };
    assert.deepEqual(await runExample(server.address), expected);
  });

  test("tells of an error, and ends", async () => {
    const { code, stdout, stderr } = await runExample(await deadAddress());
    assert.deepEqual({ code, stdout }, { code: 0, stdout: "" });
    assert.match(
      stderr,
      /^no greeting: Unavailable: no connection: 1 address, last error ECONNREFUSED .+\n$/,
    );
  });
});
