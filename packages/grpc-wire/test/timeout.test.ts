import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectError } from "@connectrpc/connect";
import { parseTimeout as parseUpstream } from "@connectrpc/connect/protocol-grpc";
import { formatTimeout, parseTimeout } from "@privet/grpc-wire";

test("a timeout is written in milliseconds as long as eight digits hold it", () => {
  assert.equal(formatTimeout(1), "1m");
  assert.equal(formatTimeout(5_000), "5000m");
  assert.equal(formatTimeout(99_999_999), "99999999m");
});

test("a timeout of more than eight digits moves to the next unit, rounded up", () => {
  assert.equal(formatTimeout(100_000_000), "100000S");
  assert.equal(formatTimeout(100_000_001), "100001S");
  assert.equal(formatTimeout(99_999_999_000), "99999999S");
  assert.equal(formatTimeout(99_999_999_001), "1666667M");
  assert.equal(formatTimeout(99_999_999 * 60_000 + 1), "1666667H");
});

test("a fraction of a millisecond is written in microseconds, rounded up", () => {
  assert.equal(formatTimeout(0.5), "500u");
  assert.equal(formatTimeout(0.0001), "1u");
  assert.equal(formatTimeout(1.0005), "1001u");
  assert.equal(formatTimeout(123_456.5), "123457m");
});

test("the longest timeout stands for all that are longer", () => {
  assert.equal(formatTimeout(Infinity), "99999999H");
  assert.equal(formatTimeout(1e300), "99999999H");
});

test("every unit of gRPC is read", () => {
  const cases = { "1H": 3_600_000, "2M": 120_000, "3S": 3_000, "4m": 4, "500u": 0.5, "0m": 0 };
  for (const [value, ms] of Object.entries(cases)) assert.equal(parseTimeout(value), ms);
  assert.equal(parseTimeout("99999999H"), 99_999_999 * 3_600_000);
});

test("what gRPC does not allow is INVALID_ARGUMENT, in Connect's words", () => {
  for (const value of [
    "",
    "m",
    "5",
    "-1m",
    "1.5S",
    "123456789m",
    "1s",
    " 1m",
    "1m ",
    "1mm",
    "٣m",
  ]) {
    const error = parseTimeout(value);
    assert.ok(error instanceof ConnectError, value);
    assert.equal(error.message, parseUpstream(value, Infinity).error?.message);
  }
});

test("what is written is legal, never shorter than asked for, and read as it was meant", () => {
  for (let exponent = -4; exponent < 14; exponent++) {
    for (const mantissa of [1, 1.000001, 1.5, 2.6, 9.999999]) {
      const ms = mantissa * 10 ** exponent;
      const value = formatTimeout(ms);
      assert.match(value, /^\d{1,8}[HMSmun]$/);
      const read = parseTimeout(value);
      assert.ok(typeof read === "number");
      assert.ok(read >= ms * (1 - 1e-12), `${ms} became ${value}`);
      // The coarsest step from one unit to the next is 60 of 1,666,666.
      assert.ok(read <= ms * 1.0001 + 0.001, `${ms} became ${value}`);
    }
  }
});
