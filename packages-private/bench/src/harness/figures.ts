import { readFileSync, writeFileSync } from "node:fs";
import type { Circumstances, ResultRow } from "./results.ts";
import { markdownTable } from "./table.ts";

/**
 * The text between `<!-- figures:NAME -->` and `<!-- /figures:NAME -->` drawn
 * anew from `rows`, the rest of `document` as it is.
 *
 * @throws Error where the markers are missing
 */
export function drawFigures(document: string, name: string, rows: readonly ResultRow[]): string {
  const [open, close] = [`<!-- figures:${name} -->`, `<!-- /figures:${name} -->`];
  const from = document.indexOf(open);
  const to = document.indexOf(close);
  if (from < 0 || to < from) {
    throw new Error(`no ${open} … ${close} to draw the figures between`);
  }
  const [first] = rows;
  const parts =
    first === undefined
      ? ["Nothing measured yet."]
      : [markdownTable(rows), provenance(first.at, rows)];
  const drawn = [open, ...parts, ""].join("\n\n");
  return document.slice(0, from) + drawn + document.slice(to);
}

/** Draws the figures into a file. */
export function drawFiguresInto(file: string, name: string, rows: readonly ResultRow[]): void {
  writeFileSync(file, drawFigures(readFileSync(file, "utf8"), name, rows));
}

/** Where and when the figures were measured, as a sentence. */
function provenance(at: Circumstances, rows: readonly ResultRow[]): string {
  const dates = [...new Set(rows.map((row) => row.at.date))].sort();
  const pinned = rows.every((row) => row.at.pinned)
    ? "the process under test pinned to one core"
    : "not pinned to a core";
  return `Medians (and ranges) of alternating windows, ${pinned}: ${at.cpu}, ${at.cores} cores, Node ${at.node}, ${dates.join(" to ")}.`;
}
