import { leastRequest } from "../../src/balancer/least-request.ts";
import { pickFirst } from "../../src/balancer/pick-first.ts";
import { roundRobin } from "../../src/balancer/round-robin.ts";
import { balancerContract } from "./contract.ts";
import { preferZone } from "./prefer-zone.ts";

balancerContract("pick_first", () => pickFirst());
balancerContract("pick_first, shuffled", () => pickFirst({ shuffleAddressList: true }));
balancerContract("round_robin", () => roundRobin());
balancerContract("least_request", () => leastRequest({ choiceCount: 3 }));
balancerContract("a balancer of one's own", () => preferZone("a"));
