import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArgs } from "node:util";
import { ArgumentError, runSuite } from "../src/index.ts";
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

const picky: Suite = {
  name: "picky",
  summary: "takes a number: [--count N]",
  run: async (args) => {
    const { values } = parseArgs({ args: [...args], options: { count: { type: "string" } } });
    if (values.count === "no") throw new ArgumentError("--count no: not a number");
    if (values.count === "bug") throw new TypeError("not about arguments");
    return 0;
  },
};

test("an argument that a suite can't take is explained, with exit code 2", async (t) => {
  const error = t.mock.method(console, "error", () => {});
  for (const args of [["--cuont", "3"], ["--count"], ["--count", "no"], ["three"]]) {
    assert.equal(await runSuite("bench", [picky], ["picky", ...args]), 2);
  }
  for (const call of error.mock.calls) {
    assert.match(String(call.arguments[0]), /^bench picky: .*\npicky: takes a number/s);
  }
  assert.equal(error.mock.callCount(), 4);
});

test("--help prints what a suite does and takes", async (t) => {
  const log = t.mock.method(console, "log", () => {});
  assert.equal(await runSuite("bench", [picky], ["picky", "--help"]), 0);
  assert.equal(log.mock.calls[0]?.arguments[0], "picky: takes a number: [--count N]");
});

test("what else a suite throws goes through", async () => {
  await assert.rejects(runSuite("bench", [picky], ["picky", "--count", "bug"]), TypeError);
});
