import { pickFirst } from "../src/balancer/pick-first.ts";
import { leastRequest } from "../src/balancer/least-request.ts";
import { roundRobin } from "../src/balancer/round-robin.ts";
import { preferZone } from "../test/balancer/prefer-zone.ts";
import { pickCost } from "../test/support/pick-cost.ts";

// What a pick costs in every balancer: node -C @privet/source scripts/picks.ts [addresses]
const addresses = Number(process.argv[2] ?? 1_000);
console.log(`one pick of ${addresses} addresses, in ns: median of 20 batches (fastest)`);
for (const policy of [
  pickFirst(),
  roundRobin(),
  leastRequest(),
  leastRequest({ choiceCount: 10 }),
  preferZone("a"),
]) {
  const { median, fastest } = pickCost(policy, addresses, 20);
  console.log(`${policy.name.padEnd(28)} ${median.toFixed(0).padStart(4)} (${fastest.toFixed(0)})`);
}
