/** What one run of h2spec says of itself. */
export interface Outcome {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: number;
  /** h2spec's own words on what failed; its last lines where nothing did. */
  readonly failures: string;
}

/** Reads the output of h2spec; undefined where it never came to an end. */
export function outcomeOf(stdout: string): Outcome | undefined {
  const counts = /\d+ tests, (\d+) passed, (\d+) skipped, (\d+) failed/.exec(stdout);
  if (counts === null) return undefined;
  const [, passed, skipped, failed] = counts;
  return {
    passed: Number(passed),
    skipped: Number(skipped),
    failed: Number(failed),
    failures: stdout.slice(Math.max(0, stdout.indexOf("Failures:"))),
  };
}
