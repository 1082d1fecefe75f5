import type { Tally } from "./clients.ts";

/** Prints the tallies; answers the exit code: 1 where a call was lost, or a client made none. */
export function report(tallies: readonly Tally[]): number {
  for (const { client, calls, unaccepted = 0, failures } of tallies) {
    console.log(
      `${client.padEnd(12)}  ${String(calls).padStart(8)} calls, ${failures.length} lost`,
    );
    if (unaccepted > 0) console.log(`  ${unaccepted} connections reset before they were accepted`);
    for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`);
  }
  return tallies.every(({ calls, failures }) => calls > 0 && failures.length === 0) ? 0 : 1;
}
