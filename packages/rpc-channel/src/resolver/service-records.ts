import type { ServiceRecord } from "./name-lookup.ts";

/**
 * SRV records in the order in which a client is to try them (RFC 2782): by
 * priority, and within one by lot, in proportion to the weights.
 *
 * @returns one list for each priority, the most wanted first
 */
export function orderServices(
  records: readonly ServiceRecord[],
  random: () => number,
): ServiceRecord[][] {
  const groups = new Map<number, ServiceRecord[]>();
  for (const record of records) {
    const group = groups.get(record.priority);
    if (group === undefined) groups.set(record.priority, [record]);
    else group.push(record);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, group]) => drawByWeight(group, random));
}

/** Those of weight 0 come last: RFC 2782 gives them «a very small chance» of more. */
function drawByWeight(group: readonly ServiceRecord[], random: () => number): ServiceRecord[] {
  const left = [...group];
  const drawn: ServiceRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    let lot = random() * total;
    const i = left.findIndex(({ weight }) => (lot -= weight) < 0);
    drawn.push(...left.splice(Math.max(i, 0), 1));
  }
  return drawn;
}
