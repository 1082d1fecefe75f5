import assert from "node:assert/strict";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import { pickFirst } from "../../../src/balancer/pick-first.ts";
import { roundRobin } from "../../../src/balancer/round-robin.ts";
import type { ResolvedServiceConfig } from "../../../src/resolver/resolver.ts";
import { endpoint } from "../../support/balanced.ts";
import { seeded } from "../../support/random.ts";
import { VirtualTime } from "../../support/virtual-time.ts";
import { type Config, configs, plainConfig } from "./configs.ts";
import { carryOut, randomEnding, type Served, succeed } from "./endings.ts";
import { type ArrivedRequest, receptions, type RequestListener } from "./servers.ts";
import { VirtualChannel } from "./virtual-channel.ts";
import { WatchedBalancers } from "./watched-balancers.ts";
import { type Circumstances, kinds, WholeCall } from "./whole-call.ts";

const pool = ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "unix:/a"];
const retryBufferQuota = 1_000;
/** The longest backoff is 144 s, an attempt to connect may take 20 s more, and a call 3 s of push-back. */
const healedMs = 180_000;
/** Calls that wait for the only stream of a connection: at most 50, of 300 ms there and 300 ms back. */
const queueMs = 30_000;

/**
 * Whole calls through a whole channel, with the real engine at both ends, in
 * virtual time: lets things go wrong at random and looks, after each, whether
 * anything is out of order. In the end all heals, and then the channel is closed.
 */
export class CallSchedule {
  readonly #random: () => number;
  readonly #channel: VirtualChannel;
  readonly #balancers: WatchedBalancers;
  readonly #calls: WholeCall[] = [];
  readonly #served: Served[] = [];
  readonly #wakings: number[] = [];
  readonly #used: Config[] = [];
  readonly #unchecked = new Set<WholeCall>();
  #closing: Promise<void> | undefined;
  #closed = false;
  #healed = false;
  /** In the end, some send so much that credit which isn't given back is missed. */
  readonly #padding: number;

  constructor(seed: number) {
    const random = seeded(seed);
    this.#random = random;
    this.#padding = this.#below(8) === 0 ? 15_000 : 0;
    const time = new VirtualTime();
    this.#balancers = new WatchedBalancers(time);
    const first = this.#one(configs);
    const config = first.kind === "valid" ? first : plainConfig;
    this.#used.push(config);
    const listener: RequestListener = {
      began: (request) => {
        if (!this.#healed && this.#below(12) === 0) this.#serve(request);
      },
      completed: (request) => this.#serve(request),
    };
    this.#channel = new VirtualChannel(listener, time, random, {
      balancer: this.#balancers.watched(this.#one([pickFirst, roundRobin])()),
      balancers: this.#balancers.table,
      serviceConfig: config.json,
      channelRetryBufferBytes: retryBufferQuota,
      idleTimeoutMs: this.#one([1_000, 30_000, Infinity]),
      keepaliveTimeMs: this.#one([10_000, Infinity]),
      limits: {
        initialConnectionWindow: 65_535,
        initialStreamWindow: 65_535,
        maxAutoWindow: 65_535,
      },
    });
  }

  /** @throws Error for the first thing that is out of order */
  async run(): Promise<void> {
    try {
      await this.#run();
    } finally {
      // What is under way keeps the process alive.
      for (const call of this.#calls) call.cancel();
    }
  }

  async #run(): Promise<void> {
    if (this.#below(4) > 0) this.#tell(pool);
    const steps = 10 + this.#below(40);
    for (let i = 0; i < steps; i++) {
      await this.#step();
      // Several things may happen before anybody has time to act on one of them.
      if (this.#below(4) === 0) continue;
      await this.#channel.advance(this.#one([0, 0, 1, 5, 20, 100, 1_000, 8_000]));
      this.#check();
    }
    await this.#heal();
    await this.#close();
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }

  async #step(): Promise<void> {
    const wire = this.#one([...this.#channel.servers.wires, undefined]);
    const server = this.#channel.servers.at(this.#one(pool));
    switch (this.#below(20)) {
      case 0:
        server.reception = this.#one(receptions);
        return;
      case 1:
        server.latencyMs = this.#one([0, 1, 5, 50, 300]);
        server.maxConcurrentStreams = this.#one([1, 2, 100]);
        return;
      case 2:
        return this.#tell(pool.filter(() => this.#below(2) === 0));
      case 3:
        if (this.#below(3) === 0)
          this.#channel.resolver.fail(new ConnectError("no name", Code.Unavailable));
        return;
      case 4:
        return wire?.cut();
      case 5:
        return wire?.stall();
      case 6:
        return wire?.resume();
      case 7:
        return wire?.server.drain(this.#one(["max_idle", "max_age"]));
      case 8:
        return wire?.server.abort(
          this.#one([ErrorCode.ENHANCE_YOUR_CALM, ErrorCode.PROTOCOL_ERROR]),
          this.#one(["too_many_pings", "enough"]),
        );
      case 9:
        return this.#channel.core.connect();
      case 10:
      case 11:
        return this.#calls.at(this.#below(this.#calls.length))?.cancel();
      case 12:
        if (this.#below(5) === 0) await this.#sleep();
        return;
      case 13:
        if (this.#below(10) === 0) this.#beginToClose();
        return;
      default:
        this.#call();
    }
  }

  #call(waits: boolean = this.#below(2) === 0, bounded: boolean = true): WholeCall {
    const timeouts = [undefined, 1, 30, 700, 5_000, 60_000];
    const plan = {
      number: this.#calls.length,
      kind: this.#one(kinds),
      timeoutMs: bounded ? this.#one(timeouts) : undefined,
      waitForReady: waits,
      pausesMs: Array.from({ length: this.#below(4) }, () => this.#one([0, 0, 1, 40, 2_000])),
    };
    const call = new WholeCall(plan, this.#channel.time, this.#channel.client);
    this.#calls.push(call);
    this.#unchecked.add(call);
    if (bounded && this.#below(20) === 0) call.cancel();
    return call;
  }

  #tell(addresses: readonly string[]): void {
    const chosen = [...addresses];
    const endpoints = [];
    while (chosen.length > 0) endpoints.push(endpoint(...chosen.splice(0, 1 + this.#below(2))));
    const config = this.#below(4) === 0 ? this.#one(configs) : undefined;
    if (config !== undefined) this.#used.push(config);
    const serviceConfig: ResolvedServiceConfig | undefined = config && {
      kind: "json",
      json: config.json,
    };
    this.#channel.resolver.update({ endpoints, ...(serviceConfig && { serviceConfig }) });
  }

  /** As a laptop does: nothing happens for a while, and then all that is late at once. */
  async #sleep(): Promise<void> {
    // Calls that were made before have begun.
    await this.#channel.advance(0);
    this.#channel.time.leap(this.#channel.time.now() + this.#one([2_000, 90_000, 7_200_000]));
    this.#wakings.push(this.#channel.time.now());
    // A client that wakes up may find a server that has been silent for too long, and leave it.
    for (const wire of this.#channel.servers.wires) wire.lossy = true;
  }

  #serve(request: ArrivedRequest): void {
    const { headers } = request;
    if (this.#served.some((served) => served.request === request)) return;
    const call = Number(headers.get("x-call"));
    const served: Served = {
      call,
      text: `${call}/${this.#served.length}${"!".repeat(this.#healed ? this.#padding : 0)}`,
      request,
      ending: this.#healed
        ? { kind: "ok", messages: 2 }
        : randomEnding((limit) => this.#below(limit)),
      arrivedAt: this.#channel.time.now(),
      previous: Number(headers.get("grpc-previous-rpc-attempts") ?? 0),
      answeredAt: undefined,
    };
    this.#served.push(served);
    const whole = this.#calls[call];
    assert.ok(whole !== undefined);
    whole.seen.push(served);
    const delayMs = this.#healed ? 0 : this.#one([0, 0, 1, 10, 400]);
    const serverStreams =
      whole.plan.kind === "server streaming" || whole.plan.kind === "bidi streaming";
    this.#channel.time.set(delayMs, () => carryOut(served, this.#channel.time, serverStreams));
  }

  get #circumstances(): Circumstances {
    const valid = this.#used.filter((config) => config.kind === "valid");
    return {
      mostAttempts: Math.max(...valid.map(({ maxAttempts }) => maxAttempts)),
      configTimeoutMs: Math.min(...valid.map(({ timeoutMs }) => timeoutMs)),
      waitForReadyByConfig: valid.every(({ waitForReady }) => waitForReady),
      closed: this.#closing !== undefined,
      wakings: this.#wakings,
    };
  }

  #check(): void {
    const circumstances = this.#circumstances;
    for (const call of this.#unchecked) {
      if (call.settled === 0) continue;
      try {
        call.check(circumstances);
      } catch (error) {
        const { plan, settledAt, startedAt, seen } = call;
        const story = seen.map(({ ending, arrivedAt, answeredAt, previous }) =>
          JSON.stringify({ ...ending, arrivedAt, answeredAt, previous }),
        );
        const span = `from ${startedAt} to ${settledAt}`;
        throw new Error(`${JSON.stringify(plan)} ${span}: ${story.join()}: ${String(error)}`, {
          cause: error,
        });
      }
      this.#unchecked.delete(call);
    }
    const { gate, states, live } = this.#channel.core;
    assert.deepEqual(this.#balancers.faults, []);
    assert.equal(live, this.#unchecked.size, "the channel has calls that nobody waits for");
    const patient = [...this.#unchecked].filter(({ plan }) => plan.waitForReady).length;
    const byConfig = this.#used.some((config) => config.kind === "valid" && config.waitForReady);
    const { state } = states;
    if (state === "READY") assert.equal(gate.waiting, 0, "there is a server, and calls wait");
    if (state === "IDLE") assert.equal(gate.waiting, 0, "calls wait, and nothing is done");
    if (state === "TRANSIENT_FAILURE" && !byConfig) {
      assert.ok(gate.waiting <= patient, "calls wait that should have failed");
    }
    assert.ok(this.#balancers.underWay <= live, "a balancer hasn't been told of an end");
    if (this.#closing !== undefined) assert.equal(this.#closed, live === 0, "close()");
  }

  /** Whatever has happened before: with servers, all that waits is answered. */
  async #heal(): Promise<void> {
    this.#healed = true;
    for (const address of pool) {
      Object.assign(this.#channel.servers.at(address), {
        reception: "accepts",
        latencyMs: 1,
        maxConcurrentStreams: 100,
      });
    }
    for (const wire of this.#channel.servers.wires) wire.resume();
    this.#used.push(plainConfig);
    this.#channel.resolver.update({
      endpoints: pool.map((address) => endpoint(address)),
      serviceConfig: { kind: "json", json: plainConfig.json },
    });
    await this.#channel.advance(healedMs);
    // Those that have been silent so far.
    for (const served of this.#served) if (served.ending.kind === "silence") this.#relent(served);
    await this.#channel.advance(queueMs);
    this.#check();
    const unsettled = [...this.#unchecked].map(({ plan }) => JSON.stringify(plan));
    assert.deepEqual(unsettled, [], "calls that never end");
    const last: WholeCall[] = [];
    for (let i = 0; i < (this.#padding > 0 ? 24 : 3); i++) {
      last.push(this.#call(i > 0, false));
      await this.#channel.advance(1_000);
    }
    await this.#channel.advance(healedMs);
    this.#check();
    for (const { error } of last) {
      if (this.#closing === undefined) assert.equal(error, undefined);
      else assert.equal(error?.code, Code.Canceled);
    }
  }

  #relent(served: Served): void {
    const told: Served = { ...served, ending: { kind: "ok", messages: 1 } };
    const { seen, latest } = this.#calls[served.call] as WholeCall;
    if (latest !== served || served.request.stream.closed) return;
    seen.splice(seen.indexOf(served), 1, told);
    succeed(told, 1);
  }

  #beginToClose(): void {
    this.#closing ??= this.#whenClosed();
  }

  async #whenClosed(): Promise<void> {
    await this.#channel.core.close();
    this.#closed = true;
  }

  /** After the end, there is nothing left. */
  async #close(): Promise<void> {
    this.#beginToClose();
    await this.#channel.advance(0);
    assert.ok(this.#closed, "all calls have ended, and close() hasn't");
    await this.#channel.advance(healedMs);
    assert.equal(this.#channel.core.states.state, "SHUTDOWN");
    assert.equal(this.#channel.core.gate.waiting, 0);
    assert.equal(this.#balancers.underWay, 0);
    assert.equal(this.#channel.resolver.watches, 0);
    assert.equal(this.#channel.servers.connecting, 0);
    assert.deepEqual([...this.#channel.servers.wires], []);
    assert.ok(this.#channel.core.quota.take(retryBufferQuota), "the retry buffers aren't empty");
    assert.equal(this.#channel.time.alarms, 0, "alarms are left");
  }
}
