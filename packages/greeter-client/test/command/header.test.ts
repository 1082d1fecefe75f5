import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseHeaders } from "../../src/command/header.ts";

suite("--header", () => {
  const good = [
    ["x-request-id=42", "x-request-id", "42"],
    ["X-Request-Id=42", "x-request-id", "42"],
    ["a_b.c-1=x=y", "a_b.c-1", "x=y"],
    ["empty=", "empty", ""],
    ["user-agent=privet test", "user-agent", "privet test"],
    ["trace-bin=AAECAw==", "trace-bin", "AAECAw"],
    ["trace-bin=AAECAw", "trace-bin", "AAECAw"],
    ["trace-bin=", "trace-bin", ""],
  ] as const;
  for (const [text, name, value] of good) {
    test(`«${text}» sends ${name}: «${value}»`, () => {
      assert.deepEqual([...parseHeaders([text])], [[name, value]]);
    });
  }

  test("a repeated name sends both values", () => {
    assert.equal(parseHeaders(["a=1", "a=2"]).get("a"), "1, 2");
  });

  const bad = [
    ["", "no-equals-sign"],
    ["name", "no-equals-sign"],
    ["=value", "bad-name"],
    ["имя=value", "bad-name"],
    ["bad name=value", "bad-name"],
    [":path=/", "bad-name"],
    ["grpc-timeout=1S", "reserved"],
    ["Content-Type=text/plain", "reserved"],
    ["te=trailers", "reserved"],
    ["connection=close", "reserved"],
    ["name=значение", "bad-value"],
    ["name=a\nb", "bad-value"],
    ["name=a\u007f", "bad-value"],
    ["trace-bin=%%%", "not-base64"],
    ["trace-bin=A", "not-base64"],
    ["trace-bin=AAEC Aw==", "not-base64"],
    ["trace-bin=AA-_", "not-base64"],
  ] as const;
  for (const [value, problem] of bad) {
    test(`«${value}» is refused: ${problem}`, () => {
      const fault = { kind: "bad-header", value, problem };
      assert.throws(() => parseHeaders(["good=1", value]), { fault });
    });
  }
});
