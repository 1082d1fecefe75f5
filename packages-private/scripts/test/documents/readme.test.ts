import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { root } from "../../src/bin.ts";
import { sessionsOf } from "./markdown.ts";
import { freeAddress, pnpm } from "./pnpm.ts";

const readme = await readFile(join(root, "README.md"), "utf8");

suite("the README", () => {
  test("shows what the client prints, to the letter", async () => {
    const calls = sessionsOf(readme).filter(({ args }) => args[0] === "client");
    assert.ok(calls.length >= 3);
    const address = await freeAddress();
    await using server = pnpm(["server"], root, address);
    await server.waitFor(/serving/);
    for (const { args, output } of calls) {
      await using client = pnpm(["--silent", ...args], root, address);
      const { code, stdout, stderr } = await client.result;
      assert.equal(code, 0, stderr);
      assert.equal(stdout, output, args.join(" "));
    }
  });

  test("has a line for each script, and no other", async () => {
    const manifest = await readFile(join(root, "package.json"), "utf8");
    const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };
    const table = readme.slice(readme.indexOf("## The scripts"), readme.indexOf("## Who"));
    const rows = [...table.matchAll(/^\| `([\w:]+)` /gm)].map(([, name = ""]) => name);
    assert.deepEqual(rows.toSorted(), Object.keys(scripts).toSorted());
  });

  test("stays within 120 lines", () => {
    assert.ok(readme.trimEnd().split("\n").length <= 120);
  });
});
