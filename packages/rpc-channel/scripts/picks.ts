import { parseArgs } from "node:util";
import { leastRequest } from "../src/balancer/least-request.ts";
import { pickFirst } from "../src/balancer/pick-first.ts";
import { roundRobin } from "../src/balancer/round-robin.ts";
import { preferZone } from "../test/balancer/prefer-zone.ts";
import { pickCost } from "../test/support/pick-cost.ts";

// What a pick costs in every balancer:
// node -C @privet/source scripts/picks.ts [--addresses N] [--batches N] [--balancer NAME]... [--json]

const policies = {
  pick_first: pickFirst(),
  round_robin: roundRobin(),
  least_request: leastRequest(),
  "least_request of 10": leastRequest({ choiceCount: 10 }),
  prefer_zone: preferZone("a"),
};

const { values } = parseArgs({
  options: {
    addresses: { type: "string", default: "1000" },
    batches: { type: "string", default: "20" },
    balancer: { type: "string", multiple: true, default: Object.keys(policies) },
    json: { type: "boolean", default: false },
  },
});
const [addresses, batches] = [Number(values.addresses), Number(values.batches)];

if (!values.json) {
  console.log(`one pick of ${addresses} addresses, in ns: median of ${batches} batches (fastest)`);
}
const medians: Record<string, number> = {};
for (const [name, policy] of Object.entries(policies)) {
  if (!values.balancer.includes(name)) continue;
  const { median, fastest } = pickCost(policy, addresses, batches);
  medians[name] = median;
  if (values.json) continue;
  console.log(`${name.padEnd(20)} ${median.toFixed(0).padStart(4)} (${fastest.toFixed(0)})`);
}
if (values.json) console.log(JSON.stringify(medians));
