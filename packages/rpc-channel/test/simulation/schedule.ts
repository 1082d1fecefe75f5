import assert from "node:assert/strict";
import type { BalancerPolicy } from "../../src/balancer/balancer.ts";
import type { Endpoint } from "../../src/endpoint.ts";
import { Balanced, endpoint, type SimulatedCall } from "../support/balanced.ts";
import { seeded } from "../support/random.ts";

/** What holds for one policy and not for all. */
export interface Expectations {
  readonly create: () => BalancerPolicy;
  readonly watchesHealth: boolean;
  /** How many of the endpoints it is connected to when all are well. */
  readonly connections: "one" | "all";
  /** How the calls are shared among these. */
  readonly shares: "one" | "equal" | "by chance";
}

const pool = ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1", "[::1]:1", "unix:/a"];
/** The longest backoff is 144 s, and an attempt to connect may take 20 s more. */
const healedMs = 170_000;
/** Silent addresses are given up after 20 s each, side by side, and begun with up to 2 s apart. */
const doomedMs = 60_000;

/**
 * Lets things go wrong at random, and checks after each that nothing is out of
 * order. In the end it lets all fail, and then all heal.
 */
export class Schedule {
  readonly #expected: Expectations;
  readonly #random: () => number;
  readonly #balanced: Balanced;
  readonly #calls: SimulatedCall[] = [];
  #known: string[] | undefined;

  constructor(expected: Expectations, seed: number) {
    this.#expected = expected;
    this.#random = seeded(seed);
    this.#balanced = new Balanced(expected.create(), seed + 1);
  }

  run(): void {
    const steps = 5 + this.#below(30);
    for (let i = 0; i < steps; i++) {
      this.#step();
      this.#check();
    }
    this.#doom();
    this.#heal();
    this.#share();
    this.#close();
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }

  #step(): void {
    const { network, balancer } = this.#balanced;
    const address = this.#one(pool);
    const server = network.server(address);
    switch (this.#below(13)) {
      case 0:
      case 1:
        this.#update();
        break;
      case 2:
        server.answers = this.#one(["accepts", "refuses", "is silent"]);
        break;
      case 3:
        network.stop(address);
        break;
      case 4:
        network.drop(address);
        break;
      case 5:
        server.latencyMs = this.#one([0, 1, 50, 300, 3_000]);
        break;
      case 6:
        network.setHealth(
          address,
          this.#one(["SERVING", "NOT_SERVING", "broken", "silent", "UNIMPLEMENTED"]),
        );
        break;
      case 7:
        balancer.exitIdle();
        break;
      case 8:
      case 9:
        this.#calls.push(this.#balanced.call(this.#below(3) === 0));
        break;
      case 10:
        this.#calls.at(this.#below(this.#calls.length))?.end();
        break;
      default:
        this.#balanced.advance(this.#one([0, 1, 10, 260, 1_000, 5_000, 40_000]));
    }
    // Several things may happen before anybody has time to act on one of them.
    if (this.#below(4) > 0) this.#balanced.timers.settle();
  }

  #update(): void {
    const chosen = pool.filter(() => this.#below(2) === 0);
    const endpoints: Endpoint[] = [];
    while (chosen.length > 0) {
      endpoints.push(endpoint(...chosen.splice(0, 1 + this.#below(2))));
    }
    // Some resolvers name the same twice.
    if (this.#below(5) === 0) endpoints.push(...endpoints);
    this.#tell(endpoints);
  }

  #tell(endpoints: readonly Endpoint[]): void {
    const addresses = endpoints.flatMap((each) => each.addresses);
    this.#known = addresses.map((address) =>
      address.kind === "unix"
        ? `unix:${address.path}`
        : `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`,
    );
    assert.equal(this.#balanced.updateEndpoints(endpoints), endpoints.length > 0);
  }

  #check(): void {
    const { timers, network, gate, asked } = this.#balanced;
    timers.settle();
    const { state } = this.#balanced;
    for (const address of network.used) {
      assert.ok(this.#known?.includes(address), `${address} is used, but not known`);
    }
    const serving = network.connected.filter((address) => this.#isServing(address));
    assert.equal(state === "READY", serving.length > 0, `${state} with ${serving.join()} serving`);
    assert.equal(state === undefined, this.#known === undefined);
    const waiting = this.#calls.filter(({ outcome }) => outcome === undefined);
    assert.equal(gate.waiting, waiting.length);
    if (state === "READY") assert.equal(waiting.length, 0, "there is a server, and calls wait");
    if (state === "IDLE") assert.equal(waiting.length, 0, "a call waits, and nothing is done");
    if (state === "TRANSIENT_FAILURE") assert.ok(waiting.every((call) => call.waitForReady));
    assert.ok(asked.picks <= asked.allowed, `${asked.picks} picks, where ${asked.allowed} do`);
  }

  #isServing(address: string): boolean {
    return !this.#expected.watchesHealth || this.#balanced.network.isServing(address);
  }

  /** Whatever has happened before: with no server left, no call waits that wasn't asked to. */
  #doom(): void {
    const { network } = this.#balanced;
    if (this.#known === undefined || this.#known.length === 0) this.#tell([endpoint("10.0.0.1:1")]);
    for (const address of pool) {
      network.setHealth(address, "SERVING");
      network.stop(address);
    }
    this.#calls.push(this.#balanced.call(), this.#balanced.call(true));
    this.#balanced.advance(doomedMs);
    this.#check();
    assert.equal(this.#balanced.state, "TRANSIENT_FAILURE");
  }

  /** Whatever has happened before: with servers, all calls go, and within the longest backoff. */
  #heal(): void {
    const { network } = this.#balanced;
    for (const address of pool) {
      network.start(address);
      network.server(address).latencyMs = 1;
    }
    this.#tell(pool.map((address) => endpoint(address)));
    this.#balanced.advance(healedMs);
    this.#check();
    for (const call of this.#calls) {
      assert.equal(call.settled, 1);
      call.end();
    }
    const expected = this.#expected.connections === "one" ? 1 : pool.length;
    assert.equal(network.connected.length, expected);
    assert.equal(network.used.length, expected);
  }

  #share(): void {
    const rounds = 20;
    const picks = this.#balanced.calls(rounds * pool.length);
    const counts = pool.map((address) => picks.filter((pick) => pick === address).length);
    if (this.#expected.shares === "one") {
      assert.equal(Math.max(...counts), picks.length);
    } else if (this.#expected.shares === "equal") {
      assert.deepEqual(
        counts,
        pool.map(() => rounds),
      );
    } else {
      // Binomial with n = 120 and p = 1/6: 6 standard deviations of 4.1.
      for (const count of counts) assert.ok(Math.abs(count - rounds) < 25, counts.join(" "));
    }
  }

  #close(): void {
    const { network, timers } = this.#balanced;
    this.#balanced.close();
    const { published } = this.#balanced;
    assert.deepEqual(network.used, []);
    assert.equal(timers.alarms, 0);
    timers.advance(healedMs);
    assert.equal(this.#balanced.published, published);
  }
}
