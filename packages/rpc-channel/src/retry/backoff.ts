import { Backoff } from "../backoff.ts";
import type { RetryPolicy } from "./policy.ts";

/** The delays between the attempts of one call: min(initial × multiplier^(n-1), max) ± 20 % (gRFC A6). */
export function retryBackoff(policy: RetryPolicy, random: () => number): Backoff {
  const {
    initialBackoffMs: initialMs,
    maxBackoffMs: maxMs,
    backoffMultiplier: multiplier,
  } = policy;
  return new Backoff({ initialMs, maxMs, multiplier, jitter: 0.2 }, random);
}
