import type { Address } from "../address.ts";
import type { BalancerPolicy } from "./balancer.ts";
import { healthChecking } from "./health-checking.ts";

/** A policy, and what tells it from others: the same key stands for the same policy and settings. */
export interface ConfiguredBalancer {
  readonly key: string;
  readonly policy: BalancerPolicy;
}

/**
 * The policy with client-side health checks, where it wants them (gRFC A17).
 *
 * @param service of `healthCheckConfig`; undefined is none
 * @param unimplemented is told of a server without a health service
 */
export function withHealthChecks(
  configured: ConfiguredBalancer,
  service: string | undefined,
  unimplemented: (address: Address) => void,
): ConfiguredBalancer {
  const { key, policy } = configured;
  if (service === undefined || policy.watchesHealth === false) return configured;
  return {
    key: `${key} health ${JSON.stringify(service)}`,
    policy: healthChecking(policy, { service, unimplemented }),
  };
}
