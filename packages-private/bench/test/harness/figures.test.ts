import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { drawFigures } from "../../src/harness/figures.ts";
import { mergeResults, readResults } from "../../src/harness/results.ts";
import type { ResultRow, Target } from "../../src/harness/results.ts";
import { summarize } from "../../src/harness/statistics.ts";
import { isReached, markdownTable } from "../../src/harness/table.ts";
import { clientBench } from "../../src/client/suite.ts";
import { readmeOf, resultsFileOf } from "../../src/harness/bench-suite.ts";
import { http2Bench } from "../../src/http2/suite.ts";
import { serverBench } from "../../src/server/suite.ts";

const at = {
  date: "2026-01-02",
  node: "24.0.0",
  cpu: "a processor",
  cores: 2,
  pinned: true,
  rounds: 3,
  seconds: 1,
};

function row(name: string, target: Target, ours: number[], theirs: number[]): ResultRow {
  const figures = { privet: summarize(ours), "node:http2": summarize(theirs) };
  return { name, title: `the ${name}`, unit: "µs", target, figures, at };
}

const fourTimes: Target = { kind: "times-less", than: "node:http2", atLeast: 4 };

test("a target of times less is reached by the medians", () => {
  assert.equal(isReached(row("a", fourTimes, [1, 2, 9], [8, 8, 8])), true);
  assert.equal(isReached(row("a", fourTimes, [1, 2.1, 9], [8, 8, 8])), false);
});

test("a limit is reached at the limit and below", () => {
  const limit: Target = { kind: "at-most", limit: 20 };
  assert.equal(isReached(row("a", limit, [20], [30])), true);
  assert.equal(isReached(row("a", limit, [20.1], [30])), false);
});

test("the table shows median, range, target, and says where a target was missed", () => {
  const table = markdownTable([row("floor", fourTimes, [1, 2, 3], [4, 6, 8])]);
  assert.match(table, /\| the floor \| µs +\| 2 \(1–3\) +\| 6 \(4–8\) /);
  assert.match(table, /≥ 4 × less than node:http2 \| 3.00 ×, missed \|$/m);
});

test("figures are drawn between the markers, and drawing twice changes nothing", () => {
  const document = "# A\n\n<!-- figures:x -->\nold\n<!-- /figures:x -->\n\nend\n";
  const rows = [row("floor", fourTimes, [1], [8])];
  const once = drawFigures(document, "x", rows);
  assert.match(once, /^# A\n\n<!-- figures:x -->\n\n\| workload/);
  assert.match(once, /a processor, 2 cores, Node 24\.0\.0, 2026-01-02\.\n\n<!-- \/figures:x -->/);
  assert.ok(once.endsWith("<!-- /figures:x -->\n\nend\n"));
  assert.ok(!once.includes("old"));
  assert.equal(drawFigures(once, "x", rows), once);
});

test("a document without the markers is an error", () => {
  assert.throws(() => drawFigures("# A\n", "x", []), /no <!-- figures:x -->/);
});

test("new rows take the place of old ones of the same name, in the given order", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "results.json");
  mergeResults(file, [row("b", fourTimes, [1], [2])], ["a", "b"]);
  mergeResults(file, [row("a", fourTimes, [3], [4])], ["a", "b"]);
  mergeResults(file, [row("b", fourTimes, [5.6789], [6])], ["a", "b"]);
  const rows = readResults(file);
  assert.deepEqual(
    rows.map(({ name, figures }) => [name, figures["privet"]?.median]),
    [
      ["a", 3],
      ["b", 5.68],
    ],
  );
});

for (const bench of [http2Bench, serverBench, clientBench]) {
  test(`the figures in the README of ${bench.shownBy} are those of the results file`, () => {
    const document = readFileSync(readmeOf(bench), "utf8");
    assert.equal(drawFigures(document, bench.name, readResults(resultsFileOf(bench))), document);
  });
}

test("before anything is measured, the figures say so", () => {
  const document = drawFigures("<!-- figures:x -->\n<!-- /figures:x -->\n", "x", []);
  assert.equal(document, "<!-- figures:x -->\n\nNothing measured yet.\n\n<!-- /figures:x -->\n");
});

test("a rate and a percentile stand beside the figure they belong to", () => {
  const rates = { perSecond: { privet: 1234.5 }, p99: { "node:http2": 99 } };
  const table = markdownTable([{ ...row("floor", fourTimes, [1], [8]), ...rates }]);
  assert.match(table, /\| 1 \(1–1\); 1230\/s \| 8 \(8–8\); p99 99 \|/);
});
