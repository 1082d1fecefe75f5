import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { start } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import { freePort } from "./testkit/free-port.ts";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const listings = Array.from(readme.matchAll(/```ts\n(.*?)```/gs), ([, code]) => code ?? "");

/** Runs a listing as a user would, on another port. */
function run(code: string, port: number): Program {
  const here = code.replace("8080", String(port));
  const args = ["-C", "@privet/source", "--input-type=module-typescript", "-e", here];
  return start(process.execPath, args, { cwd: folder });
}

test("the files that the README tells to read are there", () => {
  const files = Array.from(readme.matchAll(/`(src\/[^`]+\.ts)`/g), ([, file]) => file ?? "");
  assert.ok(files.length >= 6);
  assert.deepEqual(
    files.filter((file) => !existsSync(join(folder, file))),
    [],
  );
});

test("the README's server and client greet each other, in 30 lines", async () => {
  const [server, client] = listings;
  assert.ok(server !== undefined && client !== undefined && listings.length === 2);
  const lines = listings.join("").split("\n");
  assert.ok(lines.filter((line) => line !== "").length <= 30);

  const port = await freePort();
  await using serving = run(`${server}\nconsole.log("ready");`, port);
  await serving.waitFor(/ready/);
  await using calling = run(client, port);
  const { code, stdout, stderr } = await calling.result;
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "привет\n");
});
