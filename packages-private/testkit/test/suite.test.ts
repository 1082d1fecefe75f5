import assert from "node:assert/strict";
import { test } from "node:test";
import { runSuite } from "../src/index.ts";
import type { Suite } from "../src/index.ts";

test("a suite is run by its name, with the arguments after it", async () => {
  const seen: (readonly string[])[] = [];
  const suite: Suite = {
    name: "echo",
    summary: "says it back",
    run: async (args) => {
      seen.push(args);
      return 7;
    },
  };
  assert.equal(await runSuite("bench", [suite], ["echo", "--fast"]), 7);
  assert.equal(await runSuite("bench", [suite], ["--", "echo", "--slow"]), 7);
  assert.deepEqual(seen, [["--fast"], ["--slow"]]);
});

test("a list is printed where no suite is named, and for an unknown one with exit code 2", async (t) => {
  const log = t.mock.method(console, "log", () => {});
  const error = t.mock.method(console, "error", () => {});
  const suite: Suite = { name: "echo", summary: "says it back", run: async () => 0 };

  assert.equal(await runSuite("bench", [suite], []), 0);
  assert.match(String(log.mock.calls[0]?.arguments[0]), /echo {2}says it back/);

  assert.equal(await runSuite("bench", [suite], ["ecko"]), 2);
  assert.match(String(error.mock.calls[0]?.arguments[0]), /nothing is called «ecko»/);
});
