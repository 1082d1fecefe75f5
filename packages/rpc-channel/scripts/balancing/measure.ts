import { setTimeout as delay } from "node:timers/promises";
import { createClient, createContextValues } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { createServer } from "@privet/rpc-server";
import type { Server } from "@privet/rpc-server";
import {
  insecureChannel,
  leastRequest,
  pickFirst,
  roundRobin,
  waitForReady,
} from "../../src/index.ts";
import type { BalancerPolicy } from "../../src/index.ts";
import type { Failover, Recording, Shares } from "./recording.ts";

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A server that answers with its name, after a while. */
class Backend {
  readonly #name: string;
  readonly #workMs: number;
  #server: Server | undefined = undefined;
  port = 0;

  constructor(name: string, workMs: number) {
    this.#name = name;
    this.#workMs = workMs;
  }

  async start(): Promise<this> {
    const greeting = this.#name;
    this.#server = createServer({
      logger: silent,
      routes: (router) =>
        router.service(GreeterService, {
          sayHello: async () => {
            await delay(this.#workMs);
            return { greeting };
          },
        }),
    });
    this.port = await this.#server.addInsecurePort(`127.0.0.1:${this.port}`);
    await this.#server.start();
    return this;
  }

  /** Cuts off the calls that it has. */
  async kill(): Promise<void> {
    await this.#server?.stop({ graceMs: 0 });
  }
}

const names = ["A", "B", "C", "D", "E"] as const;
const quickMs = 10;
const slowMs = 100;
const callers = 24;
const callsOfShares = 4_000;

const balancers: readonly (readonly [name: string, create: () => BalancerPolicy])[] = [
  ["pick_first", pickFirst],
  ["round_robin", roundRobin],
  ["least_request", leastRequest],
];

/** Measures all of it; takes half a minute. */
export async function measure(): Promise<Recording> {
  const shares: Shares[] = [];
  for (const scenario of ["alike", "one slow"] as const) {
    for (const [balancer, create] of balancers) {
      shares.push({ balancer, scenario, ...(await measureShares(create(), scenario)) });
    }
  }
  const at = { date: new Date().toISOString().slice(0, 10), node: process.versions.node };
  return { at, shares, failover: await measureFailover() };
}

function targetOf(backends: readonly Backend[]): string {
  return `ipv4:${backends.map(({ port }) => `127.0.0.1:${port}`).join(",")}`;
}

async function measureShares(
  balancer: BalancerPolicy,
  scenario: Shares["scenario"],
): Promise<Pick<Shares, "calls" | "medianMs" | "p99Ms">> {
  const backends = await Promise.all(
    names.map((name, i) => {
      const slow = scenario === "one slow" && i === names.length - 1;
      return new Backend(name, slow ? slowMs : quickMs).start();
    }),
  );
  await using channel = insecureChannel(targetOf(backends), { balancer });
  const client = createClient(GreeterService, channel);
  // All connections are there before anything is counted.
  for (const seen = new Set<string>(); seen.size < connectionsOf(balancer);) {
    seen.add((await client.sayHello({})).greeting);
  }
  const calls = names.map(() => 0);
  const times: number[] = [];
  let left = callsOfShares;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (left-- > 0) {
        const startedAt = performance.now();
        const { greeting } = await client.sayHello({});
        times.push(performance.now() - startedAt);
        const server = names.indexOf(greeting as "A");
        calls[server] = (calls[server] ?? 0) + 1;
      }
    }),
  );
  times.sort((a, b) => a - b);
  const quantile = (q: number): number =>
    Number((times[Math.floor(times.length * q)] ?? 0).toFixed(1));
  await Promise.all(backends.map((backend) => backend.kill()));
  return { calls, medianMs: quantile(0.5), p99Ms: quantile(0.99) };
}

function connectionsOf({ name }: BalancerPolicy): number {
  return name === "pick_first" ? 1 : names.length;
}

const retryPolicy = {
  maxAttempts: 4,
  initialBackoff: "0.05s",
  maxBackoff: "1s",
  backoffMultiplier: 2,
  retryableStatusCodes: ["UNAVAILABLE"],
};
const rate = 500;
const binMs = 200;
const lengthMs = 10_000;
const killedAtMs = 3_000;
const backAtMs = 6_000;

/** One of four servers is killed under load, and comes back. */
async function measureFailover(): Promise<Failover> {
  const backends = await Promise.all(
    names.slice(0, 4).map((name) => new Backend(name, quickMs).start()),
  );
  await using channel = insecureChannel(targetOf(backends), {
    balancer: roundRobin(),
    serviceConfig: { methodConfig: [{ name: [{}], retryPolicy }] },
  });
  const client = createClient(GreeterService, channel);
  const contextValues = createContextValues().set(waitForReady, true);
  const options = { contextValues, timeoutMs: 10_000 };
  while (channel.state !== "READY") await client.sayHello({}, options);

  const answered = backends.map(() => Array.from({ length: lengthMs / binMs }, () => 0));
  const running: Promise<void>[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const call = async (): Promise<void> => {
    try {
      const { greeting } = await client.sayHello({}, options);
      const bins = answered[names.indexOf(greeting as "A")];
      const bin = Math.floor((performance.now() - startedAt) / binMs);
      if (bins?.[bin] !== undefined) bins[bin]++;
    } catch {
      failed++;
    }
  };
  const restart = (async () => {
    await delay(killedAtMs);
    await backends[1]?.kill();
    await delay(startedAt + backAtMs - performance.now());
    await backends[1]?.start();
  })();
  for (let made = 0; made < (rate * lengthMs) / 1_000;) {
    const due = ((performance.now() - startedAt) * rate) / 1_000;
    for (; made < due; made++) running.push(call());
    await delay(2);
  }
  await Promise.all([...running, restart]);
  await Promise.all(backends.map((backend) => backend.kill()));
  const calls = running.length;
  return {
    balancer: "round_robin",
    rate,
    binMs,
    killedAtMs,
    backAtMs,
    answered,
    calls,
    failed,
  };
}
