import { Code, ConnectError } from "@connectrpc/connect";
import type { CallHost } from "./call/call-host.ts";
import type { ChannelOptions } from "./channel-options.ts";
import { Idleness } from "./idle.ts";
import { consoleLogger } from "./logger.ts";
import type { PickerGate } from "./picker-gate.ts";
import { threadPresence } from "./presence.ts";
import { resolverFor } from "./resolver/for-target.ts";
import { BufferQuota } from "./retry/buffer.ts";
import type { RetryBudget } from "./retry/budget.ts";
import { maxAttemptsLimit } from "./retry/policy.ts";
import { Servers } from "./servers.ts";
import type { MethodConfig, MethodConfigs } from "./service-config/service-config.ts";
import type { StateWatch } from "./state-watch.ts";
import type { Connector } from "./subchannel/connector.ts";
import { threadPool } from "./subchannel/pool.ts";
import type { Target } from "./target.ts";
import type { Timers } from "./timers.ts";
import { threadTimers } from "./wheel-timers.ts";

/** What the calls of a channel share: its servers, its limits, and whether it is idle. */
export class ChannelCore implements CallHost {
  readonly target: string;
  readonly timers: Timers;
  readonly gate: PickerGate;
  readonly quota: BufferQuota;
  readonly retryBufferBytes: number;
  readonly maxAttempts: number;
  readonly waitForReady: boolean;
  /** `:authority` of the calls. */
  readonly authority: string;
  readonly random: () => number;
  readonly #servers: Servers;
  readonly #idleness: Idleness;
  /** What has been looked up in the service config `#methods`: it is asked several times a call. */
  readonly #configs: Map<string, MethodConfig> = new Map();
  #methods: MethodConfigs | undefined = undefined;
  #calls = 0;
  #closing: PromiseWithResolvers<void> | undefined = undefined;

  /** @throws ServiceConfigError for a wrong service config, TypeError where nothing resolves the target */
  constructor(target: Target, connector: Connector, options: ChannelOptions) {
    const { timers = threadTimers, random = Math.random, logger = consoleLogger } = options;
    const resolver = options.resolver ?? resolverFor(target, options);
    const authority = options.authority ?? options.resolver?.authority ?? target.authority;
    this.target = target.text;
    this.timers = timers;
    this.random = random;
    this.authority = authority;
    this.quota = new BufferQuota(options.channelRetryBufferBytes ?? 16_777_216);
    this.retryBufferBytes = options.retryBufferBytes ?? 262_144;
    this.maxAttempts = options.maxAttempts ?? maxAttemptsLimit;
    this.waitForReady = options.waitForReady ?? false;
    this.#servers = new Servers({
      target: target.text,
      authority,
      resolver,
      balancer: options.balancer,
      balancers: options.balancers ?? {},
      serviceConfig: options.serviceConfig,
      pool: (options.subchannelPool ?? threadPool).open({
        connector,
        timers,
        random,
        backoff: options.backoff ?? {},
        minConnectTimeoutMs: options.minConnectTimeoutMs ?? 20_000,
        keepaliveTimeMs: options.keepaliveTimeMs ?? Infinity,
        limits: {
          keepaliveTimeoutMs: options.keepaliveTimeoutMs ?? 20_000,
          keepaliveWithoutCalls: options.keepaliveWithoutCalls ?? false,
          ...options.limits,
        },
      }),
      timers,
      random,
      logger,
    });
    this.gate = this.#servers.gate;
    const { idleTimeoutMs = 1_800_000 } = options;
    this.#idleness = new Idleness(timers, idleTimeoutMs, () => this.#servers.sleep());
  }

  get states(): StateWatch {
    return this.#servers.states;
  }

  get budget(): RetryBudget | undefined {
    return this.#servers.budget;
  }

  configOf(path: string): MethodConfig {
    const { methods } = this.#servers.config;
    if (methods !== this.#methods) {
      this.#methods = methods;
      this.#configs.clear();
    }
    let config = this.#configs.get(path);
    if (config === undefined) this.#configs.set(path, (config = methods.for(path)));
    return config;
  }

  callStarted(): void {
    this.#calls++;
    threadPresence.enter();
    this.#idleness.started();
    if (!this.#servers.awake) this.#servers.wake();
  }

  callEnded(): void {
    this.#calls--;
    threadPresence.leave();
    this.#idleness.ended();
    if (this.#calls === 0) this.#closing?.resolve();
  }

  connect(): void {
    if (this.#closing !== undefined) return;
    this.#idleness.watch();
    this.#servers.wake();
    this.#servers.exitIdle();
  }

  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers();
      this.#idleness.stop();
      this.#servers.close(
        new ConnectError(`the channel to ${this.target} has been closed`, Code.Canceled),
      );
      if (this.#calls === 0) this.#closing.resolve();
    }
    return this.#closing.promise;
  }
}
