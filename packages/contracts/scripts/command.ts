import { parseArgs } from "node:util";
import { BufError } from "./buf/buf.ts";
import { formatFault } from "./buf/fault.ts";
import { isWorkspace } from "./contract/folders.ts";
import type { Outcome } from "./contract/outcome.ts";

/** A command on the contracts of the workspace in the current folder. */
export interface Command {
  /** What the user types after `pnpm`. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** What each flag does, by its name without the dashes. */
  readonly flags?: Readonly<Record<string, string>>;
  run(workspace: string, flags: ReadonlySet<string>): Promise<Outcome>;
}

/**
 * Runs the command with the arguments of this process and sets its exit code:
 * 0 where all is well, 1 where something isn't in order or was refused, 2 where
 * it was called wrongly.
 */
export async function runCommand(command: Command): Promise<void> {
  process.exitCode = await exitCodeOf(command, process.cwd(), process.argv.slice(2));
}

async function exitCodeOf(command: Command, workspace: string, argv: string[]): Promise<number> {
  const flags = parseFlags(command, argv);
  if (flags === undefined) {
    return 2;
  }
  if (flags.has("help")) {
    console.log(usage(command));
    return 0;
  }
  if (!isWorkspace(workspace)) {
    console.error(`${command.name}: ${workspace} isn't the top level of the workspace`);
    return 2;
  }
  try {
    return show(command, await command.run(workspace, flags));
  } catch (error) {
    if (error instanceof BufError) {
      console.error(`${command.name}: ${error.message}`);
      return 1;
    }
    throw error;
  }
}

function parseFlags(command: Command, argv: string[]): ReadonlySet<string> | undefined {
  const names = [...Object.keys(command.flags ?? {}), "help"];
  const options = Object.fromEntries(names.map((name) => [name, { type: "boolean" as const }]));
  try {
    const { values } = parseArgs({ args: argv, options });
    return new Set(Object.keys(values));
  } catch (error) {
    console.error(`${command.name}: ${(error as Error).message}\n${usage(command)}`);
    return undefined;
  }
}

function usage({ name, summary, flags = {} }: Command): string {
  const rows = Object.entries(flags).map(([flag, text]) => `  --${flag}  ${text}`);
  return [`pnpm ${name}: ${summary}`, ...rows].join("\n");
}

function show(command: Command, outcome: Outcome): number {
  if (outcome.kind === "done") {
    console.log(`${command.name}: ${outcome.sentence}`);
    return 0;
  }
  for (const fault of outcome.faults) {
    console.error(formatFault(fault));
  }
  if (outcome.kind === "refused") {
    console.error(`${command.name}: ${outcome.reason}`);
  }
  return 1;
}
