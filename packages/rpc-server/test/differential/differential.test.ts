import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { inspect } from "node:util";
import { generate } from "./cases.ts";
import type { Case } from "./cases.ts";
import { differences } from "./differences.ts";
import { exchange } from "./exchange.ts";
import { stamp } from "./implementation.ts";
import { differingParts } from "./observation.ts";
import type { Comparison } from "./observation.ts";
import { Random } from "./random.ts";
import { ours, stock } from "./servers.ts";
import type { Subject } from "./servers.ts";

const seeds = (process.env["DIFFERENTIAL_SEEDS"] ?? "1").split(",").map(Number);
const casesPerSeed = 2000;
/** Requests under way at once. */
const lanes = 16;

/** The headings that explained something. */
const used = new Set<string>();

async function compare(one: Case, theirs: Subject, mine: Subject): Promise<Comparison> {
  const [a, b] = await Promise.all([exchange(theirs.session, one), exchange(mine.session, one)]);
  return {
    one,
    stock: { ...a, seen: theirs.seen.get(one.id) },
    ours: { ...b, seen: mine.seen.get(one.id) },
  };
}

/** What no allowed difference explains. */
function unexplained(comparison: Comparison): Comparison | undefined {
  let rest = comparison;
  for (const difference of differences) {
    if (differingParts(rest).length === 0) break;
    const explained = difference.explain(rest);
    if (explained === undefined) continue;
    used.add(difference.heading);
    rest = explained;
  }
  return differingParts(rest).length === 0 ? undefined : rest;
}

function describe(comparison: Comparison): string {
  const { one } = comparison;
  const parts = differingParts(comparison).map((part) => [
    part,
    { stock: comparison.stock[part], ours: comparison.ours[part] },
  ]);
  return inspect(
    { ...one, body: Buffer.from(one.body).toString("hex"), ...Object.fromEntries(parts) },
    { depth: 8, breakLength: 120, maxStringLength: 600 },
  );
}

for (const seed of seeds) {
  for (const interceptors of [[], [stamp]]) {
    const name = `${casesPerSeed} requests of seed ${seed}, ${interceptors.length} interceptors`;
    test(`Connect's own server and ours answer alike: ${name}`, async () => {
      await using theirs = await stock({ interceptors });
      await using mine = await ours({ interceptors });
      const random = new Random(seed * 2 + interceptors.length);
      const surprises: Comparison[] = [];
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < casesPerSeed) {
          const rest = unexplained(await compare(generate(random, next++), theirs, mine));
          if (rest !== undefined) surprises.push(rest);
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      const shown = surprises.slice(0, 3).map(describe).join("\n");
      assert.equal(surprises.length, 0, `${surprises.length} unexplained, such as\n${shown}`);
    });
  }
}

test("every allowed difference has occurred: none is allowed for nothing", () => {
  const idle = differences.filter(({ heading }) => !used.has(heading));
  assert.deepEqual(
    idle.map(({ heading }) => heading),
    [],
  );
});

test("docs/differences.md has every allowed difference", () => {
  const url = new URL("../../../../docs/differences.md", import.meta.url);
  const headings = new Set(
    [...readFileSync(url, "utf8").matchAll(/^### (.+)$/gm)].map(([, heading]) => heading),
  );
  for (const { heading } of differences) assert.ok(headings.has(heading), heading);
});
