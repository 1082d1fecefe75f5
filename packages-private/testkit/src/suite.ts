/** One thing that `bench`, `conformance` or `fuzz` can run. */
export interface Suite {
  /** What the user types: `pnpm bench NAME`. */
  readonly name: string;
  /** One line for the list. */
  readonly summary: string;
  /** Runs it with the arguments after the name; answers the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/**
 * Runs the suite that `argv` names, or lists them all where it names none.
 *
 * @returns the exit code: the suite's own, 0 for the list, 2 for an unknown name
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
  return suite.run(args);
}

function list(command: string, suites: readonly Suite[]): string {
  if (suites.length === 0) {
    return `${command}: nothing to run yet.`;
  }
  const width = Math.max(...suites.map((suite) => suite.name.length));
  const rows = suites.map((suite) => `  ${suite.name.padEnd(width)}  ${suite.summary}`);
  return [`pnpm ${command} NAME, where NAME is one of:`, ...rows].join("\n");
}
