import { parseArgs } from "node:util";
import { selfSigned, start } from "@privet/testkit";
import type { Suite } from "@privet/testkit";
import { outcomeOf } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import { subjects } from "./subject.ts";
import { CASES, h2spec } from "./tool.ts";

export const h2specSuite: Suite = {
  name: "h2spec",
  summary: "h2spec --strict over h2c and TLS: [--runs N] [--server privet|node|rpc] [SECTION...]",
  run: async (args) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: "string", default: "3" },
        server: { type: "string", default: "privet" },
      },
    });
    const runs = Number(values.runs);
    const factory = Object.hasOwn(subjects, values.server) ? subjects[values.server] : undefined;
    if (!Number.isInteger(runs) || runs < 1 || factory === undefined) {
      console.error("h2spec: --runs takes a number from 1, --server one of privet, node and rpc");
      return 2;
    }
    const program = h2spec();
    const certificate = selfSigned();
    console.log("transport  run  passed  skipped  failed  seconds");
    let clean = true;
    for (const tls of [false, true]) {
      for (let run = 1; run <= runs; run++) {
        // A server that one run has broken must not spoil the next, nor be rescued by it.
        await using subject = await factory(tls ? certificate : undefined);
        const startedAt = performance.now();
        const outcome = await runOnce(program, subject.port, tls, positionals);
        const seconds = (performance.now() - startedAt) / 1000;
        console.log(row(tls, run, outcome, seconds));
        const all = positionals.length > 0 || outcome.passed === CASES;
        if (outcome.failed > 0 || outcome.skipped > 0 || !all) {
          clean = false;
          console.log(outcome.failures);
        }
      }
    }
    return clean ? 0 : 1;
  },
};

async function runOnce(
  program: string,
  port: number,
  tls: boolean,
  sections: readonly string[],
): Promise<Outcome> {
  const args = ["--strict", "--timeout", "2", "--port", String(port), ...(tls ? ["-t", "-k"] : [])];
  await using running = start(program, [...args, ...sections], { timeoutMs: 600_000 });
  const { stdout, stderr } = await running.result;
  const outcome = outcomeOf(stdout);
  if (outcome === undefined) {
    throw new Error(`h2spec ended without a result\n${stdout}\n${stderr}`);
  }
  return outcome;
}

function row(tls: boolean, run: number, outcome: Outcome, seconds: number): string {
  const cells = [outcome.passed, outcome.skipped, outcome.failed, seconds.toFixed(1)];
  const widths = [6, 7, 6, 7];
  const numbers = cells.map((cell, i) => String(cell).padStart(widths[i] ?? 0)).join("  ");
  return `${(tls ? "TLS" : "h2c").padEnd(9)}  ${String(run).padStart(3)}  ${numbers}`;
}
