import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { requirement } from "../src/index.ts";

const before = process.env["PRIVET_REQUIRE_ALL"];
beforeEach(() => {
  delete process.env["PRIVET_REQUIRE_ALL"];
});
afterEach(() => {
  if (before === undefined) delete process.env["PRIVET_REQUIRE_ALL"];
  else process.env["PRIVET_REQUIRE_ALL"] = before;
});

const missing = {
  name: "a teapot",
  probe: { command: "no-such-program-anywhere", args: [] },
  hint: "brew one",
};

test("what is here is no reason to skip", () => {
  const probe = { command: process.execPath, args: ["--version"] };
  assert.equal(requirement({ name: "Node", probe, hint: "" }), false);
  assert.equal(
    requirement({ name: "this file", probe: { path: import.meta.filename }, hint: "" }),
    false,
  );
});

test("what is missing is a skip that names it and says how to get it", () => {
  assert.equal(requirement(missing), "needs a teapot: brew one");
});

test("what is missing is an error where nothing may be skipped", () => {
  process.env["PRIVET_REQUIRE_ALL"] = "1";
  assert.throws(() => requirement(missing), /needs a teapot/);
});
