import type { Code } from "@connectrpc/connect";

/** Which calls are tried again, and when (gRFC A6). */
export interface RetryPolicy {
  /** With the first one; at least 2. */
  readonly maxAttempts: number;
  /** Before the second attempt, ± 20 %. */
  readonly initialBackoffMs: number;
  /** Before any attempt, ± 20 %. */
  readonly maxBackoffMs: number;
  /** How much longer each time. */
  readonly backoffMultiplier: number;
  readonly retryableCodes: ReadonlySet<Code>;
}

/** No client tries more often, whatever a service config says (gRFC A6). */
export const maxAttemptsLimit = 5;
