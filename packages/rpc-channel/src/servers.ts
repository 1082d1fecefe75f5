import { Code, ConnectError } from "@connectrpc/connect";
import { type Address, formatAddress } from "./address.ts";
import type { BalancerHost, BalancerPolicy, BalancerState } from "./balancer/balancer.ts";
import { BalancerSwitch } from "./balancer/balancer-switch.ts";
import { type ConfiguredBalancer, withHealthChecks } from "./balancer/configured-balancer.ts";
import { pickFirst } from "./balancer/pick-first.ts";
import type { Subchannel, SubchannelListener } from "./balancer/subchannel.ts";
import { balancerTable } from "./balancer/table.ts";
import type { Logger } from "./logger.ts";
import { PickerGate } from "./picker-gate.ts";
import type {
  Resolution,
  ResolvedServiceConfig,
  Resolver,
  ResolverListener,
  ResolverWatch,
} from "./resolver/resolver.ts";
import { RetryBudget } from "./retry/budget.ts";
import { SerialQueue } from "./serial-queue.ts";
import { type BalancerTable, parseServiceConfig } from "./service-config/parse.ts";
import { emptyServiceConfig, type ServiceConfig } from "./service-config/service-config.ts";
import { StateWatch } from "./state-watch.ts";
import { ChannelSubchannel } from "./subchannel/channel-subchannel.ts";
import type { PoolShare } from "./subchannel/pool.ts";
import type { Timers } from "./timers.ts";

export interface ServersOptions {
  readonly target: string;
  readonly authority: string;
  readonly resolver: Resolver;
  readonly balancer: BalancerPolicy | undefined;
  readonly balancers: BalancerTable;
  /** JSON; undefined is none. */
  readonly serviceConfig: unknown;
  readonly pool: PoolShare;
  readonly timers: Timers;
  readonly random: () => number;
  readonly logger: Logger;
}

/**
 * The servers of a channel: found by its resolver, connected to and chosen
 * among by its balancer. All that these two are told comes in turn, by one queue.
 *
 *     asleep ── wake() ──► awake ── sleep() ──► asleep
 *
 * and closed from both. Asleep, there is nothing: no watch, no connection, no alarm.
 */
export class Servers implements ResolverListener {
  readonly gate: PickerGate = new PickerGate();
  readonly states: StateWatch = new StateWatch();
  readonly #options: ServersOptions;
  readonly #queue: SerialQueue;
  readonly #balancers: BalancerTable;
  readonly #defaultConfig: ServiceConfig;
  readonly #timers: Timers;
  #config: ServiceConfig;
  #budget: RetryBudget | undefined;
  #watch: ResolverWatch | undefined = undefined;
  #switch: BalancerSwitch | undefined = undefined;
  #closed = false;

  /** @throws ServiceConfigError where that of the options is wrong */
  constructor(options: ServersOptions) {
    const { serviceConfig, logger, target, timers } = options;
    this.#options = options;
    this.#balancers = { ...balancerTable, ...options.balancers };
    this.#queue = new SerialQueue((error) =>
      logger.warn({ err: error, target }, "a resolver or a balancer of the channel failed"),
    );
    this.#timers = {
      now: () => timers.now(),
      set: (ms, callback) => timers.set(ms, () => this.#queue.run(callback)),
      clear: (timer) => timers.clear(timer),
    };
    this.#defaultConfig =
      serviceConfig === undefined
        ? emptyServiceConfig
        : this.#parse(serviceConfig, "the channel's service config");
    this.#config = this.#defaultConfig;
    this.#budget = budgetOf(undefined, this.#config);
  }

  get config(): ServiceConfig {
    return this.#config;
  }

  get budget(): RetryBudget | undefined {
    return this.#budget;
  }

  get awake(): boolean {
    return this.#switch !== undefined;
  }

  /** Begins to look for servers. */
  wake(): void {
    this.#queue.run(() => {
      if (this.#closed || this.#switch !== undefined) return;
      this.#switch = new BalancerSwitch(this.#balancerHost());
      this.states.move("CONNECTING");
      const { resolver, random } = this.#options;
      // A resolver may answer while it is being asked; after `close()` it says nothing.
      this.#watch = resolver.watch(this, { timers: this.#timers, random });
    });
  }

  /** Connects, where the balancer waits for a call before it does. */
  exitIdle(): void {
    this.#queue.run(() => this.#switch?.exitIdle());
  }

  /** Lets everything go, until somebody wakes it. */
  sleep(): void {
    this.#queue.run(() => {
      this.#letGo();
      this.gate.reset();
      this.states.move("IDLE");
    });
  }

  /** For good. Calls that wait, and those to come, fail with `error`. */
  close(error: ConnectError): void {
    this.#queue.run(() => {
      if (this.#closed) return;
      this.#closed = true;
      this.#letGo();
      this.states.move("SHUTDOWN");
      this.gate.close(error);
    });
  }

  // The resolver's

  update(resolution: Resolution): boolean {
    let usable = true;
    this.#queue.run(() => {
      usable = this.#resolved(resolution);
    });
    return usable;
  }

  fail(error: ConnectError): void {
    this.#queue.run(() => this.#switch?.resolutionFailed(error));
  }

  #resolved(resolution: Resolution): boolean {
    if (this.#switch === undefined) return true;
    const config = this.#configOf(resolution.serviceConfig);
    if (config instanceof ConnectError) {
      // gRFC A21: the last good one holds; without one, nobody knows how to call.
      this.#switch.resolutionFailed(config);
      return false;
    }
    this.#budget = budgetOf(this.#budget, config, this.#config);
    this.#config = config;
    const { endpoints, attributes } = resolution;
    return this.#switch.update(this.#balancerOf(config), {
      endpoints,
      ...(attributes !== undefined && { attributes }),
    });
  }

  #configOf(found: ResolvedServiceConfig | undefined): ServiceConfig | ConnectError {
    if (found === undefined) return this.#defaultConfig;
    const config = found.kind === "error" ? found.error : this.#parseFound(found.json);
    if (!(config instanceof ConnectError)) return config;
    const { logger, target } = this.#options;
    logger.warn({ err: config, target }, config.rawMessage);
    return this.#config === this.#defaultConfig ? config : this.#config;
  }

  #parseFound(json: unknown): ServiceConfig | ConnectError {
    try {
      return this.#parse(json, "the service config that the resolver found");
    } catch (error) {
      return new ConnectError(
        `the service config can't be used: ${(error as Error).message}`,
        Code.Unavailable,
        undefined,
        undefined,
        error,
      );
    }
  }

  #parse(json: unknown, whose: string): ServiceConfig {
    const config = parseServiceConfig(json, this.#balancers);
    const { logger, target } = this.#options;
    if (config.ignored.length > 0) {
      logger.warn({ target, ignored: config.ignored }, `${whose} has members that are ignored`);
    }
    return config;
  }

  #balancerOf(config: ServiceConfig): ConfiguredBalancer {
    const { balancer, logger, target } = this.#options;
    const found = config === this.#defaultConfig ? undefined : config.balancer;
    const chosen = found ??
      (balancer && { key: "the channel's own", policy: balancer }) ??
      config.balancer ?? { key: "default", policy: pickFirst() };
    return withHealthChecks(chosen, config.healthCheckService, (address) =>
      logger.warn(
        { target, address: formatAddress(address) },
        "a server has no health service: it is taken for healthy",
      ),
    );
  }

  // The balancer's

  #balancerHost(): BalancerHost {
    const { random } = this.#options;
    return {
      timers: this.#timers,
      random,
      defer: (task) => this.#queue.defer(task),
      createSubchannel: (address, listener) => this.#createSubchannel(address, listener),
      publish: (state) => this.#publish(state),
      requestResolution: () => this.#watch?.refresh(),
    };
  }

  #createSubchannel(address: Address, listener: SubchannelListener): Subchannel {
    const { pool, authority } = this.#options;
    return new ChannelSubchannel(pool.subchannel(address), this.#queue, listener, authority);
  }

  #publish(state: BalancerState): void {
    if (this.#switch === undefined) return;
    this.states.move(state.state);
    this.gate.publish(state);
  }

  #letGo(): void {
    const balancer = this.#switch;
    const watch = this.#watch;
    this.#switch = undefined;
    this.#watch = undefined;
    watch?.close();
    balancer?.close();
  }
}

/** The budget under a config: the same one, where its numbers are the same. */
function budgetOf(
  budget: RetryBudget | undefined,
  { retryThrottling: next }: ServiceConfig,
  before?: ServiceConfig,
): RetryBudget | undefined {
  if (next === undefined) return undefined;
  if (budget === undefined) return new RetryBudget(next);
  const last = before?.retryThrottling;
  const same = last?.maxTokens === next.maxTokens && last.tokenRatio === next.tokenRatio;
  return same ? budget : budget.under(next);
}
