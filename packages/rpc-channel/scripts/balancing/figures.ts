import type { Failover, Recording, Shares } from "./recording.ts";

/**
 * A document with the run's figures drawn anew between its markers.
 *
 * @throws Error where a pair of markers is missing
 */
export function drawFigures(document: string, { at, shares, failover }: Recording): string {
  const provenance = `Measured on ${at.date} with Node ${at.node}.`;
  const table = between(document, "shares", `${tableOf(shares)}\n\n${provenance}`);
  return between(table, "failover", sentenceOf(failover));
}

function between(document: string, name: string, content: string): string {
  const [open, close] = [`<!-- figures:${name} -->`, `<!-- /figures:${name} -->`];
  const from = document.indexOf(open);
  const to = document.indexOf(close);
  if (from < 0 || to < from) throw new Error(`no ${open} … ${close} to draw between`);
  return `${document.slice(0, from)}${open}\n\n${content}\n\n${document.slice(to)}`;
}

function tableOf(shares: readonly Shares[]): string {
  const servers = shares[0]?.calls.map((_, i) => String.fromCodePoint(65 + i)) ?? [];
  const head = ["balancer", "servers", ...servers, "half within", "99 % within"];
  const rows = shares.map(({ balancer, scenario, calls, medianMs, p99Ms }) => [
    `\`${balancer}\``,
    scenario === "alike" ? "alike" : "E is slow",
    ...calls.map(String),
    `${medianMs} ms`,
    `${p99Ms} ms`,
  ]);
  const lines = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(3, ...lines.map((line) => (line[column] ?? "").length)),
  );
  const draw = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [draw(head), draw(rule), ...rows.map(draw)].join("\n");
}

function sentenceOf(failover: Failover): string {
  const { calls, failed, rate, answered, binMs, killedAtMs, backAtMs } = failover;
  const restarted = answered[1] ?? [];
  const bin = restarted.findIndex((count, i) => i * binMs >= backAtMs && count > 0);
  const back =
    bin < 0 ? "not in this run" : `${((bin * binMs - backAtMs) / 1_000).toFixed(1)} s later`;
  const outage = ((backAtMs - killedAtMs) / 1_000).toFixed(1);
  return `Of ${calls} calls, ${rate} a second, ${failed} failed. B was away for ${outage} s, and answered again ${back}: so long its backoff still had to run.`;
}
