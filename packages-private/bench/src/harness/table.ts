import type { ResultRow, Target } from "./results.ts";
import { significant } from "./statistics.ts";

/** The contender that the targets are about. */
const OURS = "privet";

/**
 * The rows as a Markdown table: medians with their range, the target, and
 * what was reached. Columns are padded, so that it reads as text too.
 */
export function markdownTable(rows: readonly ResultRow[]): string {
  const contenders = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  const head = ["workload", "unit", ...contenders, "target", "reached"];
  const body = rows.map((row) => [
    row.title,
    row.unit,
    ...contenders.map((name) => cell(row, name)),
    targetsOf(row).map(targetText).join("; "),
    reachedText(row),
  ]);
  return padded([head, ...body]);
}

/** True where the median of ours is at all targets or better. */
export function isReached(row: ResultRow): boolean {
  return targetsOf(row).every((target) => reaches(row, target));
}

function targetsOf({ target }: ResultRow): readonly Target[] {
  return [target].flat();
}

function reaches(row: ResultRow, target: Target): boolean {
  const ours = row.figures[OURS];
  if (ours === undefined) return false;
  if (target.kind === "at-most") return ours.median <= target.limit;
  return timesLess(row, target.than) >= target.atLeast;
}

/** NaN where the other is missing: then nothing is reached. */
function timesLess({ figures }: ResultRow, than: string): number {
  return (figures[than]?.median ?? Number.NaN) / (figures[OURS]?.median ?? Number.NaN);
}

function cell({ figures, perSecond, p99 }: ResultRow, name: string): string {
  const figure = figures[name];
  if (figure === undefined) return "–";
  const { median, low, high } = figure;
  const parts = [`${plain(median)} (${plain(low)}–${plain(high)})`];
  if (perSecond?.[name] !== undefined) parts.push(`${plain(perSecond[name])}/s`);
  if (p99?.[name] !== undefined) parts.push(`p99 ${plain(p99[name])}`);
  return parts.join("; ");
}

/** Three significant digits, never with an exponent. */
function plain(value: number): string {
  return String(significant(value));
}

function targetText(target: Target): string {
  if (target.kind === "at-most") return `≤ ${target.limit}`;
  return `≥ ${target.atLeast} × less than ${target.than}`;
}

function reachedText(row: ResultRow): string {
  const ours = row.figures[OURS];
  if (ours === undefined) return "–";
  return targetsOf(row)
    .map((target) => {
      const value =
        target.kind === "at-most"
          ? plain(ours.median)
          : `${timesLess(row, target.than).toFixed(2)} ×`;
      return reaches(row, target) ? value : `${value}, missed`;
    })
    .join("; ");
}

function padded(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(3, ...lines.map((line) => (line[column] ?? "").length)),
  );
  const draw = (line: readonly string[]): string =>
    `| ${line.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = lines;
  const rule = widths.map((width) => "-".repeat(width));
  return [draw(head), draw(rule), ...body.map(draw)].join("\n");
}
