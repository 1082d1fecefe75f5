/** What is kept of the samples of one contender on one workload. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly samples: readonly number[];
}

/** @throws RangeError where there is nothing to sum up */
export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError("no samples");
  return {
    median: percentile(samples, 0.5),
    low: Math.min(...samples),
    high: Math.max(...samples),
    samples,
  };
}

/** The value below which `share` (0 to 1) of the samples lie, interpolated between neighbours. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError("no samples");
  const sorted = samples.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Of each of those measured, by name. */
export function summaries(
  samples: ReadonlyMap<string, readonly number[]>,
): Record<string, Summary> {
  return Object.fromEntries([...samples].map(([name, values]) => [name, summarize(values)]));
}

/** Of each of those measured, by name. */
export function medians(samples: ReadonlyMap<string, readonly number[]>): Record<string, number> {
  return Object.fromEntries([...samples].map(([name, values]) => [name, percentile(values, 0.5)]));
}

/** Three significant digits, the rest is noise. */
export function significant(value: number): number {
  return Number(value.toPrecision(3));
}
