/** One thing that `bench`, `conformance` or `fuzz` can run. */
export interface Suite {
  /** What the user types: `pnpm bench NAME`. */
  readonly name: string;
  /** One line for the list, and for who asks for help: what it does, and its arguments. */
  readonly summary: string;
  /**
   * Runs it with the arguments after the name; answers the exit code.
   *
   * @throws ArgumentError, or what `parseArgs` throws, for arguments that it can't take
   */
  run(args: readonly string[]): Promise<number>;
}

/** An argument that a suite can't take; the message says which, and why. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/**
 * Runs the suite that `argv` names, or lists them all where it names none.
 *
 * @returns the exit code: the suite's own, 0 for the list and for help, 2 for an unknown name or argument
 */
export async function runSuite(
  command: string,
  suites: readonly Suite[],
  argv: readonly string[],
): Promise<number> {
  // `pnpm bench -- http2` hands the separator on.
  const [name, ...args] = argv[0] === "--" ? argv.slice(1) : argv;
  if (name === undefined) {
    console.log(list(command, suites));
    return 0;
  }
  const suite = suites.find((candidate) => candidate.name === name);
  if (suite === undefined) {
    console.error(`${command}: nothing is called «${name}».\n${list(command, suites)}`);
    return 2;
  }
  try {
    return await suite.run(args);
  } catch (error) {
    if (!isAboutArguments(error)) throw error;
    const usage = `${suite.name}: ${suite.summary}`;
    if (args.includes("--help")) {
      console.log(usage);
      return 0;
    }
    console.error(`${command} ${suite.name}: ${error.message}\n${usage}`);
    return 2;
  }
}

/** `parseArgs` throws a TypeError with a code of its own. */
function isAboutArguments(error: unknown): error is Error {
  if (error instanceof ArgumentError) return true;
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof TypeError && String(code).startsWith("ERR_PARSE_ARGS_");
}

function list(command: string, suites: readonly Suite[]): string {
  if (suites.length === 0) {
    return `${command}: nothing to run yet.`;
  }
  const width = Math.max(...suites.map((suite) => suite.name.length));
  const rows = suites.map((suite) => `  ${suite.name.padEnd(width)}  ${suite.summary}`);
  return [`pnpm ${command} NAME, where NAME is one of:`, ...rows].join("\n");
}
