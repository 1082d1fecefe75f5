/** A service config of the simulation, and what follows from it. */
export type Config = ValidConfig | { readonly kind: "wrong"; readonly json: unknown };

export interface ValidConfig {
  readonly kind: "valid";
  readonly json: unknown;
  /** 1 without a policy. */
  readonly maxAttempts: number;
  /** Infinity without one. */
  readonly timeoutMs: number;
  readonly waitForReady: boolean;
}

interface Wish {
  readonly maxAttempts?: number;
  readonly timeoutMs?: number;
  readonly waitForReady?: boolean;
  readonly balancer?: string;
  readonly throttled?: boolean;
}

export const plainConfig: ValidConfig = valid({});

export const configs: readonly Config[] = [
  plainConfig,
  valid({ maxAttempts: 2 }),
  valid({ maxAttempts: 3, balancer: "round_robin" }),
  valid({ maxAttempts: 5, throttled: true }),
  valid({ maxAttempts: 5, balancer: "least_request_experimental" }),
  valid({ timeoutMs: 2_500, maxAttempts: 4 }),
  valid({ waitForReady: true, balancer: "pick_first" }),
  { kind: "wrong", json: { methodConfig: 5 } },
];

function valid(wish: Wish): ValidConfig {
  const { maxAttempts = 1, timeoutMs = Infinity, waitForReady = false } = wish;
  const retryPolicy = {
    maxAttempts,
    initialBackoff: "0.05s",
    maxBackoff: "2s",
    backoffMultiplier: 2,
    retryableStatusCodes: ["UNAVAILABLE", "RESOURCE_EXHAUSTED"],
  };
  const method = {
    name: [{}],
    ...(maxAttempts > 1 && { retryPolicy }),
    ...(timeoutMs !== Infinity && { timeout: `${timeoutMs / 1_000}s` }),
    ...(waitForReady && { waitForReady }),
  };
  return {
    kind: "valid",
    json: {
      methodConfig: [method],
      ...(wish.balancer !== undefined && { loadBalancingConfig: [{ [wish.balancer]: {} }] }),
      ...(wish.throttled === true && { retryThrottling: { maxTokens: 4, tokenRatio: 0.5 } }),
    },
    maxAttempts,
    timeoutMs,
    waitForReady,
  };
}
