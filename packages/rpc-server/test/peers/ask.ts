import { start } from "@privet/testkit";
import type { ProgramOptions, ProgramResult } from "@privet/testkit";

/** Runs a program to its end. */
export async function ask(
  command: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<ProgramResult> {
  await using program = start(command, args, options);
  return await program.result;
}
