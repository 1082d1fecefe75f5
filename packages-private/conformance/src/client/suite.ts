import { start } from "@privet/testkit";
import type { Suite } from "@privet/testkit";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { configFor } from "../server/features.ts";
import { cache } from "../tools/cache.ts";
import { buildDescriptors } from "../tools/descriptors.ts";
import { connectconformance, connectconformanceProtos } from "../tools/go-tools.ts";

const RUN_MS = 30 * 60_000;
const TOTAL = /^(\d+) passed, (\d+) failed/m;

export const clientSuite: Suite = {
  name: "client",
  summary: "connectconformance against the channel: [--run PATTERN]... [--trace]",
  run: async (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        run: { type: "string", multiple: true, default: [] },
        trace: { type: "boolean", default: false },
      },
    });
    const config = join(cache, "connectconformance-client.yaml");
    const descriptors = buildDescriptors("connectconformance", connectconformanceProtos());
    writeFileSync(config, configFor("privet"));
    const program = join(import.meta.dirname, "program.ts");
    const flags = [
      ...values.run.flatMap((pattern) => ["--run", pattern]),
      ...(values.trace ? ["--trace"] : []),
    ];
    const command = [process.execPath, "-C", "@privet/source", program];
    await using runner = start(
      connectconformance(),
      [
        "--mode",
        "client",
        "--conf",
        config,
        ...flags,
        "--",
        ...command,
        "--descriptors",
        descriptors,
      ],
      { timeoutMs: RUN_MS },
    );
    const { stdout, stderr } = await runner.result;
    const output = `${stdout}\n${stderr}`;
    const total = TOTAL.exec(output);
    const first = output.search(/^FAILED: /m);
    console.log(total === null || first >= 0 ? output.slice(Math.max(first, 0)) : total[0]);
    return total !== null && total[2] === "0" && total[1] !== "0" ? 0 : 1;
  },
};
