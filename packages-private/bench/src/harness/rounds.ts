/** One of those that are measured side by side. */
export interface Contender {
  readonly name: string;
  /** One measured window; answers the figure. */
  measure(): Promise<number>;
}

/**
 * Measures every contender `rounds` times, in turn, and each round in the
 * reverse order of the one before: what drifts on the machine hits all alike.
 */
export async function alternate(
  contenders: readonly Contender[],
  rounds: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) {
      samples.get(contender.name)?.push(await contender.measure());
    }
  }
  return samples;
}
