import type { Failover, Shares } from "./recording.ts";
import { colours, line, polygon, rectangle, svg, text } from "./svg.ts";

const names = ["A", "B", "C", "D", "E"] as const;

/** A bar for each server, for each balancer, in both scenarios. */
export function drawShares(shares: readonly Shares[]): string {
  const [width, rowHeight, left, barHeight] = [720, 190, 20, 90];
  const balancers = [...new Set(shares.map(({ balancer }) => balancer))];
  const columnWidth = (width - left) / balancers.length;
  const most = Math.max(...shares.map(({ calls }) => Math.max(...calls) / sum(calls)));
  const parts: string[] = [];
  for (const [row, scenario] of (["alike", "one slow"] as const).entries()) {
    const top = row * rowHeight;
    const title = scenario === "alike" ? "Five servers alike" : "Server E takes ten times as long";
    parts.push(text(left, top + 20, title));
    for (const [column, balancer] of balancers.entries()) {
      const found = shares.find((each) => each.balancer === balancer && each.scenario === scenario);
      if (found === undefined) continue;
      const x = left + column * columnWidth;
      const base = top + 40 + barHeight;
      parts.push(...drawBars(found.calls, x, base, columnWidth - 30, barHeight / most));
      parts.push(line(x, base, x + columnWidth - 30, base, "axis"));
      const centre = x + (columnWidth - 30) / 2;
      const times = `half in ${Math.round(found.medianMs)} ms, 99 % in ${Math.round(found.p99Ms)} ms`;
      parts.push(text(centre, base + 34, balancer, { anchor: "middle" }));
      parts.push(text(centre, base + 50, times, { anchor: "middle", small: true }));
    }
  }
  return svg(width, 2 * rowHeight + 10, "Measured shares of calls, by balancer and server", parts);
}

/** @param scale the height of a share of 1 */
function drawBars(
  calls: readonly number[],
  x: number,
  base: number,
  width: number,
  scale: number,
): string[] {
  const step = width / calls.length;
  const small = { anchor: "middle", small: true } as const;
  return calls.flatMap((count, i) => {
    const share = count / sum(calls);
    const height = share * scale;
    const centre = x + (i + 0.5) * step;
    return [
      rectangle(x + i * step + 4, base - height, step - 8, height, colours[i] ?? "grey"),
      text(centre, base - height - 4, `${Math.round(share * 100)} %`, small),
      text(centre, base + 14, names[i] ?? "", small),
    ];
  });
}

/** Layers of answers a second, by server, over time. */
export function drawFailover(failover: Failover): string {
  const { answered, binMs, killedAtMs, backAtMs, rate } = failover;
  const [width, height, left, top, bottom] = [720, 280, 50, 40, 230];
  const bins = answered[0]?.length ?? 0;
  const lengthMs = bins * binMs;
  const x = (ms: number): number => left + (ms / lengthMs) * (width - left - 60);
  const perSecond = (bin: number, upTo: number): number =>
    (sum(answered.slice(0, upTo).map((server) => server[bin] ?? 0)) * 1_000) / binMs;
  const most = Math.max(
    rate,
    ...(answered[0]?.map((_, bin) => perSecond(bin, answered.length)) ?? []),
  );
  const y = (value: number): number => bottom - (value / most) * (bottom - top - 10);

  const edge = (upTo: number): [number, number][] =>
    Array.from({ length: bins }, (_, bin) => [x((bin + 0.5) * binMs), y(perSecond(bin, upTo))]);
  const parts = answered.map((_, server) =>
    polygon([...edge(server), ...edge(server + 1).toReversed()], colours[server] ?? "grey"),
  );
  for (const [i] of answered.entries()) {
    const middle = (perSecond(bins - 2, i) + perSecond(bins - 2, i + 1)) / 2;
    parts.push(text(x(lengthMs) + 6, y(middle) + 4, names[i] ?? ""));
  }
  for (const [ms, what] of [
    [killedAtMs, "B is killed"],
    [backAtMs, "B is back"],
  ] as const) {
    parts.push(line(x(ms), top - 10, x(ms), bottom, "mark"));
    parts.push(text(x(ms), top - 16, what, { anchor: "middle" }));
  }
  parts.push(
    line(left, bottom, x(lengthMs), bottom, "axis"),
    line(left, top, left, bottom, "axis"),
  );
  for (let second = 0; second <= lengthMs / 1_000; second += 2) {
    const label = { anchor: "middle", small: true } as const;
    parts.push(text(x(second * 1_000), bottom + 16, `${second} s`, label));
  }
  parts.push(text(left - 6, y(rate) + 4, String(rate), { anchor: "end", small: true }));
  parts.push(text(left - 6, bottom + 4, "0", { anchor: "end", small: true }));
  parts.push(text(left, bottom + 38, "Calls answered a second, by server", { small: true }));
  return svg(
    width,
    height,
    "Calls answered a second while a server is killed and restarted",
    parts,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
