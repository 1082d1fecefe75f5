import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseTimeout } from "../../src/command/timeout.ts";

suite("--timeout", () => {
  const good = [
    ["5s", 5000],
    ["500ms", 500],
    ["5", 5000],
    ["0.25", 250],
    ["1.5s", 1500],
    ["2m", 120_000],
    ["0.1ms", 1],
    ["99999.999", 99_999_999],
  ] as const;
  for (const [text, timeoutMs] of good) {
    test(`«${text}» is ${timeoutMs} ms`, () => {
      assert.equal(parseTimeout(text), timeoutMs);
    });
  }

  const bad = ["", "0", "0ms", "-1", "5h", "s", "five", "1e3", "1,5", " 5", "5 s", "100000", "NaN"];
  for (const text of bad) {
    test(`«${text}» is no time`, () => {
      assert.throws(() => parseTimeout(text), { fault: { kind: "bad-timeout", value: text } });
    });
  }
});
