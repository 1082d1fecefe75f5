import { Decoder } from "@privet/http2/internal/hpack/decoder";
import { Field } from "@privet/http2/internal/hpack/field";
import type { FieldSink } from "@privet/http2/internal/hpack/field";
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { DecoderUnderTest } from "../src/hpack/fuzz.ts";
import { fuzzUntil, hpack } from "../src/hpack/suite.ts";

const SEED = 7541;

test("two seconds of header blocks from a fixed seed find nothing", () => {
  const { counts, failure } = fuzzUntil(performance.now() + 2000, SEED);
  assert.equal(failure, undefined);
  for (const [what, count] of Object.entries(counts)) {
    assert.ok(count > 100, `only ${count} ${what}`);
  }
});

test("the seed is printed, and the exit code is 0 where nothing was found", async (t) => {
  const log = t.mock.method(console, "log", () => {});
  assert.equal(await hpack.run(["--seconds", "0.1", "--seed", "5"]), 0);
  assert.match(String(log.mock.calls[0]?.arguments[0]), /seed 5$/);
});

test("arguments that make no sense are refused by name", () => {
  for (const args of [
    ["--seconds", "0"],
    ["--seconds", "x"],
    ["--seed", "-1"],
    ["--seed", "1.5"],
  ]) {
    assert.throws(() => hpack.run(args), new RegExp(String(args[0])));
  }
  assert.throws(() => hpack.run(["--minutes", "1"]), /--minutes/);
});

/** A decoder with a fault, which the fuzzer must find. */
class Faulty implements DecoderUnderTest {
  readonly #decoder: Decoder;
  readonly #fault: (field: Field) => Field;

  constructor(decoder: Decoder, fault: (field: Field) => Field) {
    this.#decoder = decoder;
    this.#fault = fault;
  }

  setMaxTableSize(size: number): void {
    this.#decoder.setMaxTableSize(size);
  }

  decode(block: Uint8Array, start: number, end: number, sink: FieldSink): void {
    const field = (it: Field): void => sink.field(this.#fault(it));
    this.#decoder.decode(block, start, end, { field });
  }
}

suite("a decoder with a fault is found", () => {
  const faults: readonly (readonly [what: string, fault: (field: Field) => Field])[] = [
    [
      "it forgets what is sensitive",
      ({ name, value, kind }) => new Field(name, value, kind, false),
    ],
    [
      "it drops an octet above ASCII",
      ({ name, value, kind, sensitive }) =>
        new Field(name, value.replace("\xff", ""), kind, sensitive),
    ],
    [
      "it throws what isn't a ConnectionError",
      (field) => {
        if (field.name === "") throw new TypeError("no name");
        return field;
      },
    ],
  ];
  for (const [what, fault] of faults) {
    test(what, () => {
      const { failure } = fuzzUntil(
        performance.now() + 20_000,
        SEED,
        (tableSize, maxString) => new Faulty(new Decoder(tableSize, maxString), fault),
      );
      assert.ok(failure instanceof Error);
    });
  }

  test("it keeps a larger table than it may", () => {
    const { failure } = fuzzUntil(
      performance.now() + 20_000,
      SEED,
      (tableSize, maxString) => new Decoder(tableSize + 50, maxString),
    );
    assert.ok(failure instanceof Error);
  });
});
