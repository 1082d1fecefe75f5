import { ArgumentError } from "@privet/testkit";
import { parseArgs } from "node:util";

/** How long a fuzzer runs, and from which seed. */
export interface FuzzArguments {
  readonly seconds: number;
  /** A 32-bit number. */
  readonly seed: number;
}

/**
 * Reads `--seconds N --seed S`. Without a seed it is a fresh one.
 *
 * @throws ArgumentError that says which argument is wrong
 */
export function parseFuzzArguments(args: readonly string[], seconds: number): FuzzArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: "string" }, seed: { type: "string" } },
  });
  return {
    seconds: positive("--seconds", values.seconds ?? String(seconds)),
    seed: values.seed === undefined ? freshSeed() : whole("--seed", values.seed),
  };
}

function freshSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity))
    throw new ArgumentError(`${name} ${text}: not a positive number`);
  return value;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
    throw new ArgumentError(`${name} ${text}: not a whole number from 0 to 2^32 - 1`);
  }
  return value;
}
