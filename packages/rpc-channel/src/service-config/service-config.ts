import type { ConfiguredBalancer } from "../balancer/configured-balancer.ts";
import type { RetryThrottling } from "../retry/budget.ts";
import type { RetryPolicy } from "../retry/policy.ts";

/** How the calls of a channel are made, as a service config says (gRPC, "Service Config"). */
export interface ServiceConfig {
  readonly methods: MethodConfigs;
  /** Undefined leaves the choice to the channel. */
  readonly balancer: ConfiguredBalancer | undefined;
  readonly retryThrottling: RetryThrottling | undefined;
  /** The service whose health is watched on each connection (gRFC A17); it may be empty. */
  readonly healthCheckService: string | undefined;
  /** The paths of members that mean nothing to us, and of those that a typing error made so. */
  readonly ignored: readonly string[];
}

/** How the calls of one method are made. What is undefined is left to the call and the channel. */
export interface MethodConfig {
  readonly waitForReady: boolean | undefined;
  /** The longest that a call may take, in milliseconds; a call's own timeout may be shorter. */
  readonly timeoutMs: number | undefined;
  /** In octets, of one message before compression. */
  readonly maxRequestMessageBytes: number | undefined;
  readonly maxResponseMessageBytes: number | undefined;
  readonly retryPolicy: RetryPolicy | undefined;
}

const plain: MethodConfig = {
  waitForReady: undefined,
  timeoutMs: undefined,
  maxRequestMessageBytes: undefined,
  maxResponseMessageBytes: undefined,
  retryPolicy: undefined,
};

/** Which methods a MethodConfig is for: `/package.Service/Method`, `/package.Service/`, or empty for all. */
export type MethodSelector = string;

/** The MethodConfigs by method. */
export class MethodConfigs {
  readonly #bySelector: ReadonlyMap<MethodSelector, MethodConfig>;

  constructor(bySelector: ReadonlyMap<MethodSelector, MethodConfig>) {
    this.#bySelector = bySelector;
  }

  /** That of the method itself, else of its service, else of all. @param path `/package.Service/Method` */
  for(path: string): MethodConfig {
    return (
      this.#bySelector.get(path) ??
      this.#bySelector.get(path.slice(0, path.lastIndexOf("/") + 1)) ??
      this.#bySelector.get("") ??
      plain
    );
  }
}

/** What holds where nothing is said. */
export const emptyServiceConfig: ServiceConfig = {
  methods: new MethodConfigs(new Map()),
  balancer: undefined,
  retryThrottling: undefined,
  healthCheckService: undefined,
  ignored: [],
};
