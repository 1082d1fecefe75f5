import { start } from "@privet/testkit";
import type { Suite } from "@privet/testkit";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { subjects } from "../subject/subjects.ts";
import { cache } from "../tools/cache.ts";
import { buildDescriptors } from "../tools/descriptors.ts";
import { connectconformance, connectconformanceProtos } from "../tools/go-tools.ts";
import { configFor } from "./features.ts";
import { readReport } from "./report.ts";
import type { Report } from "./report.ts";

const RUN_MS = 30 * 60_000;

export const serverSuite: Suite = {
  name: "server",
  summary:
    "connectconformance against the server: [--peer privet|node] [--run PATTERN]... [--trace]",
  run: async (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        peer: { type: "string", default: "privet" },
        run: { type: "string", multiple: true, default: [] },
        trace: { type: "boolean", default: false },
      },
    });
    if (!Object.hasOwn(subjects, values.peer)) {
      console.error(`server: --peer takes one of ${Object.keys(subjects).join(", ")}`);
      return 2;
    }
    const startedAt = performance.now();
    const report = await runCases(values.peer, [
      ...values.run.flatMap((pattern) => ["--run", pattern]),
      ...(values.trace ? ["--trace"] : []),
    ]);
    print(report, (performance.now() - startedAt) / 1000);
    return report.failed === 0 && report.passed > 0 ? 0 : 1;
  },
};

async function runCases(subject: string, flags: readonly string[]): Promise<Report> {
  const config = join(cache, `connectconformance-${subject}.yaml`);
  const descriptors = buildDescriptors("connectconformance", connectconformanceProtos());
  writeFileSync(config, configFor(subject));
  await using runner = start(
    connectconformance(),
    [...runnerFlags(config), ...flags, "--", ...programFor(subject, descriptors)],
    { timeoutMs: RUN_MS },
  );
  const { stdout, stderr } = await runner.result;
  return readReport(`${stdout}\n${stderr}`);
}

function runnerFlags(config: string): string[] {
  return ["--mode", "server", "--conf", config, "--max-servers", "2", "--parallel", "4", "-v"];
}

function programFor(subject: string, descriptors: string): string[] {
  const program = join(import.meta.dirname, "program.ts");
  const flags = ["--subject", subject, "--descriptors", descriptors];
  return [process.execPath, "-C", "@privet/source", program, ...flags];
}

function print({ groups, passed, failed, failures }: Report, seconds: number): void {
  const width = Math.max(...groups.map(({ title }) => title.length));
  console.log(`${"".padEnd(width)}   cases  failed`);
  for (const { title, cases, failed: wrong } of groups) {
    console.log(
      `${title.padEnd(width)}  ${String(cases).padStart(6)}  ${String(wrong).padStart(6)}`,
    );
  }
  if (failures !== "") console.log(`\n${failures}`);
  console.log(`\n${passed} passed, ${failed} failed, in ${seconds.toFixed(0)} s`);
}
