import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { start } from "@privet/testkit";
import { clientAt } from "./testkit/serving.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [listing = ""] = Array.from(readme.matchAll(/```ts\n(.*?)```/gs), ([, code]) => code ?? "");

test("the README's server has no more than 25 lines, serves, and stops when it is told to", async () => {
  assert.ok(listing.split("\n").filter((line) => line.trim() !== "").length <= 25);
  const code = listing.replace("[::]:50051", "127.0.0.1:0");
  const args = ["-C", "@privet/source", "--input-type=module-typescript", "-e", code];
  await using program = start(process.execPath, args, { cwd: folder });
  const [, port] = await program.waitFor(/listening on port (\d+)/);
  using client = clientAt(Number(port));
  const { greeting } = await client.greeter.sayHello({ name: "мир" });
  assert.equal(greeting, "Привет, мир!");
  program.signal("SIGTERM");
  const { code: exitCode, signal } = await program.result;
  assert.deepEqual([exitCode, signal], [0, null]);
});

test("the files and documents that the README names are there", () => {
  const named = Array.from(
    readme.matchAll(/`(src\/[^`]+)`|\]\((\.[^)]+)\)/g),
    ([, a, b]) => a ?? b,
  );
  assert.ok(named.length >= 8);
  assert.deepEqual(
    named.filter((path) => !existsSync(new URL(`../${path}`, import.meta.url))),
    [],
  );
});

test("docs/server.md names every option of the server, of its ports and of CORS", () => {
  const document = readFileSync(new URL("../../../docs/server.md", import.meta.url), "utf8");
  const sources = ["server-options.ts", "server.ts", "port/cors.ts"];
  const options = sources.flatMap((source) => {
    const text = readFileSync(new URL(`../src/${source}`, import.meta.url), "utf8");
    return Array.from(text.matchAll(/^ {2}readonly (\w+)\?: /gm), ([, name = ""]) => name);
  });
  assert.ok(options.length > 15);
  assert.deepEqual(
    options.filter((name) => !document.includes(name)),
    [],
  );
});
