import { fileURLToPath } from "node:url";
import { start } from "@privet/testkit";
import type { Program, ProgramOptions } from "@privet/testkit";

/** The file of the command `privet`. */
export const main: string = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** An environment in which nothing but the arguments decides. */
export const plain: Readonly<Record<string, string | undefined>> = {
  LC_ALL: "ru_RU.UTF-8",
  LANGUAGE: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  NODE_DISABLE_COLORS: undefined,
  PRIVET_ADDRESS: undefined,
};

/** Starts `privet`, with Russian for its language; standard input stays open. */
export function privet(args: readonly string[], options: ProgramOptions = {}): Program {
  return start(process.execPath, ["-C", "@privet/source", main, ...args], {
    ...options,
    env: { ...plain, ...options.env },
  });
}
