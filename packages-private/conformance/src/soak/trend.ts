import type { Reading } from "./measure.ts";

type Figure = Exclude<keyof Reading, "seconds">;

/** What is watched, and how far it may rise. */
interface Bound {
  readonly figure: Figure;
  readonly unit: string;
  /** Of what was read, to one of `unit`. */
  readonly scale: number;
  /** In `unit` an hour. */
  readonly perHour: number;
  /** What single readings are off by, in `unit`: a short run's slope is little more than this. */
  readonly noise: number;
}

const MIB = 1_048_576;

/**
 * At thousands of calls a second, an octet that each call leaves behind is some
 * times the bound of the heap. Resident memory has the holes of allocators in it.
 */
const bounds: readonly Bound[] = [
  { figure: "heap", unit: "MiB", scale: MIB, perHour: 2, noise: 2 },
  { figure: "rss", unit: "MiB", scale: MIB, perHour: 24, noise: 64 },
  { figure: "handles", unit: "", scale: 1, perHour: 0, noise: 16 },
  { figure: "calls", unit: "", scale: 1, perHour: 0, noise: 32 },
];

/** The part of a run in which code is compiled and pools fill. */
const WARM_UP = 0.25;

/** How one figure went, in its unit, after the warm-up. */
export interface Trend {
  readonly bound: Bound;
  readonly first: number;
  readonly last: number;
  readonly high: number;
  readonly perHour: number;
  /** What `perHour` may be at most, in a run of this length. */
  readonly limit: number;
}

/** @throws Error for fewer than 8 readings: nothing follows from them */
export function trendsOf(readings: readonly Reading[]): Trend[] {
  if (readings.length < 8) throw new Error(`${readings.length} readings are too few for a slope`);
  const warm = readings.slice(Math.floor(readings.length * WARM_UP));
  const hours = ((warm.at(-1)?.seconds ?? 0) - (warm[0]?.seconds ?? 0)) / 3600;
  return bounds.map((bound) => {
    const points = warm.map((reading): Point => [
      reading.seconds / 3600,
      reading[bound.figure] / bound.scale,
    ]);
    const values = points.map(([, value]) => value);
    return {
      bound,
      first: values[0] ?? 0,
      last: values.at(-1) ?? 0,
      high: Math.max(...values),
      perHour: slope(points),
      limit: bound.perHour + bound.noise / hours,
    };
  });
}

export function isFlat({ perHour, limit }: Trend): boolean {
  return perHour <= limit;
}

type Point = readonly [x: number, y: number];

/** The median of the slopes between all pairs (Theil and Sen): one odd reading doesn't move it. */
export function slope(points: readonly Point[]): number {
  const slopes = points.flatMap(([x1, y1], i) =>
    points.slice(i + 1).map(([x2, y2]) => (y2 - y1) / (x2 - x1)),
  );
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  const upper = slopes[middle] ?? 0;
  return slopes.length % 2 === 1 ? upper : ((slopes[middle - 1] ?? 0) + upper) / 2;
}

/** Prints how each figure went; answers the exit code: 1 where one rises beyond its bound. */
export function reportTrends(readings: readonly Reading[]): number {
  const trends = trendsOf(readings);
  console.log("figure     unit    first     last     high   an hour  at most");
  for (const trend of trends) {
    const { bound, first, last, high, perHour, limit } = trend;
    const cells = [first, last, high, perHour, limit].map((value) => value.toFixed(1).padStart(7));
    const verdict = isFlat(trend) ? "" : "  rises";
    console.log(
      `${bound.figure.padEnd(9)}  ${bound.unit.padEnd(4)}  ${cells.join("  ")}${verdict}`,
    );
  }
  return trends.every(isFlat) ? 0 : 1;
}
