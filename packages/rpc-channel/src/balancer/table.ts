import type { BalancerTable } from "../service-config/parse.ts";
import { leastRequest } from "./least-request.ts";
import { pickFirst } from "./pick-first.ts";
import { roundRobin } from "./round-robin.ts";

/** Our balancers, as service configs name and set them. */
export const balancerTable: BalancerTable = {
  pick_first: (settings) =>
    pickFirst({ shuffleAddressList: settings.optional("shuffleAddressList")?.boolean() ?? false }),
  round_robin: () => roundRobin(),
  least_request_experimental: (settings) =>
    leastRequest({
      choiceCount: settings.optional("choiceCount")?.integer(2, 4_294_967_295) ?? 2,
    }),
};
