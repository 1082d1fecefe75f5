import assert from "node:assert/strict";
import { test } from "node:test";
import { healthChecking } from "../../src/balancer/health-checking.ts";
import { leastRequest } from "../../src/balancer/least-request.ts";
import { pickFirst } from "../../src/balancer/pick-first.ts";
import { roundRobin } from "../../src/balancer/round-robin.ts";
import { type Expectations, Schedule } from "./schedule.ts";

/** For each policy. More are run with PRIVET_SCHEDULES, other ones with PRIVET_SEED. */
const schedules = Number(process.env["PRIVET_SCHEDULES"] ?? 1_000);
const firstSeed = Number(process.env["PRIVET_SEED"] ?? 1);

const plain: Readonly<Record<string, Omit<Expectations, "watchesHealth">>> = {
  pick_first: { create: () => pickFirst(), connections: "one", shares: "one" },
  "pick_first, shuffled": {
    create: () => pickFirst({ shuffleAddressList: true, connectionAttemptDelayMs: 2_000 }),
    connections: "one",
    shares: "one",
  },
  round_robin: { create: () => roundRobin(), connections: "all", shares: "equal" },
  least_request: { create: () => leastRequest(), connections: "all", shares: "by chance" },
};

for (const [name, expected] of Object.entries(plain)) {
  simulate(name, { ...expected, watchesHealth: false });
  const service = "greeter.v1.GreeterService";
  simulate(`${name} with health checks`, {
    ...expected,
    create: () => healthChecking(expected.create(), { service }),
    watchesHealth: true,
  });
}

function simulate(name: string, expected: Expectations): void {
  test(`${name}: nothing is out of order in ${schedules} random schedules`, () => {
    for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
      try {
        new Schedule(expected, seed).run();
      } catch (error) {
        assert.fail(`PRIVET_SEED=${seed} PRIVET_SCHEDULES=1: ${(error as Error).stack}`);
      }
    }
  });
}
