import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { start } from "@privet/testkit";
import type { Program, ProgramOptions } from "@privet/testkit";
import { run } from "../../src/command/run.ts";
import type { Surroundings } from "../../src/command/run.ts";

/** The file of the command `privet`. */
export const main: string = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** An environment in which nothing but the arguments decides. */
export const plain: Readonly<Record<string, string | undefined>> = {
  LC_ALL: "ru_RU.UTF-8",
  LANGUAGE: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  // Node takes a terminal of a CI service for one without colours.
  CI: undefined,
  NODE_DISABLE_COLORS: undefined,
  PRIVET_ADDRESS: undefined,
  PRIVET_TLS: undefined,
  PRIVET_TOKEN: undefined,
  PRIVET_TOKEN_FILE: undefined,
  PRIVET_RETRY: undefined,
  PRIVET_BALANCER: undefined,
};

/** Starts `privet`, with Russian for its language; standard input stays open. */
export function privet(args: readonly string[], options: ProgramOptions = {}): Program {
  return start(process.execPath, ["-C", "@privet/source", main, ...args], {
    ...options,
    env: { ...plain, ...options.env },
  });
}

/** Runs the command within this process, without colours: for tables of many cases. */
export async function privetHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const self = { argv: ["node", "privet", ...args], env, stdin, stdout, stderr };
  const printed = Promise.all([text(stdout), text(stderr)]);
  const code = await run(self as unknown as Surroundings, new AbortController().signal);
  stdout.end();
  stderr.end();
  const [out, err] = (await printed).map(stripVTControlCharacters);
  return { code, stdout: out ?? "", stderr: err ?? "" };
}
